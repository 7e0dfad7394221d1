//! `[[exclusions]]`: each rule has a name of its own and something to match.

use cxbot_sdk::count::{Exclusion, NOBODY_ANSWERED};

use super::Problem;

pub(super) fn check(rules: &[Exclusion]) -> Result<(), Problem> {
    for (index, rule) in rules.iter().enumerate() {
        let refuse = |field: &str, must: String| {
            Err(Problem::at(&format!("exclusions[{index}]{field}"), must))
        };
        let taken = rules[..index].iter().any(|other| other.name == rule.name);
        if rule.name.trim().is_empty() {
            return refuse(".name", "must not be empty".to_owned());
        }
        if taken || rule.name == NOBODY_ANSWERED {
            return refuse(".name", format!("\"{}\" is taken; choose another", rule.name));
        }
        if !rule.has_condition() {
            let must = "names nothing to match: give tag, team, teammate, channel or \
                        customer_domain";
            return refuse("", must.to_owned());
        }
    }
    Ok(())
}
