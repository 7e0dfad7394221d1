//! What a change is made of: another mix of topics, or the same topics going otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::Share;

/// The two parts of a change; they add up to it exactly, but for floating-point rounding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// From conversations having moved between topics.
    pub mix: f64,
    /// From topics themselves having gone better or worse.
    pub within: f64,
}

/// Kitagawa's symmetric split (1955, Journal of the American Statistical Association 50:1168) of the
/// change between two weeks, each given by primary topic. A topic seen in one week only takes that
/// week's share in the other too, so all it does is mix. `None` when either week has nothing scored.
pub fn split_change(
    before: &BTreeMap<String, Share>,
    now: &BTreeMap<String, Share>,
) -> Option<Parts> {
    let total_before = before.values().map(|share| share.n).sum::<u64>();
    let total_now = now.values().map(|share| share.n).sum::<u64>();
    if total_before == 0 || total_now == 0 {
        return None;
    }
    let topics: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let mut parts = Parts { mix: 0.0, within: 0.0 };
    for topic in topics {
        let old = before.get(topic).copied().unwrap_or_default();
        let new = now.get(topic).copied().unwrap_or_default();
        let Some(rate_now) = new.value().or(old.value()) else { continue };
        let rate_before = old.value().unwrap_or(rate_now);
        let weight_now = new.n as f64 / total_now as f64;
        let weight_before = old.n as f64 / total_before as f64;
        parts.mix += (weight_now - weight_before) * (rate_now + rate_before) / 2.0;
        parts.within += (rate_now - rate_before) * (weight_now + weight_before) / 2.0;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(of: &[(&str, u64, u64)]) -> BTreeMap<String, Share> {
        of.iter().map(|&(topic, good, n)| (topic.to_owned(), Share { good, n })).collect()
    }

    #[test]
    fn a_shift_towards_a_hard_topic_is_all_mix() {
        let before = cells(&[("easy", 90, 100), ("hard", 50, 100)]);
        let now = cells(&[("easy", 45, 50), ("hard", 75, 150)]);
        let parts = split_change(&before, &now).expect("scored");
        assert!((parts.mix + 0.10).abs() < 1e-12 && parts.within.abs() < 1e-12, "{parts:?}");
    }

    #[test]
    fn the_same_mix_going_worse_is_all_within() {
        let before = cells(&[("a", 90, 100), ("b", 50, 100)]);
        let now = cells(&[("a", 80, 100), ("b", 40, 100)]);
        let parts = split_change(&before, &now).expect("scored");
        assert!(parts.mix.abs() < 1e-12 && (parts.within + 0.10).abs() < 1e-12, "{parts:?}");
    }

    #[test]
    fn a_topic_seen_in_one_week_only_is_all_mix() {
        let before = cells(&[("a", 80, 100)]);
        let now = cells(&[("a", 80, 100), ("new", 20, 100)]);
        let parts = split_change(&before, &now).expect("scored");
        assert!((parts.mix + 0.30).abs() < 1e-12 && parts.within.abs() < 1e-12, "{parts:?}");
    }

    fn week() -> impl Strategy<Value = BTreeMap<String, Share>> {
        prop::collection::btree_map("[a-e]", (0u64..=60, 1u64..=60), 1..5).prop_map(|cells| {
            cells
                .into_iter()
                .map(|(topic, (good, n))| (topic, Share { good: good.min(n), n }))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn the_parts_always_add_up_to_the_change(before in week(), now in week()) {
            let parts = split_change(&before, &now).expect("n ≥ 1");
            let share = |week: &BTreeMap<String, Share>| {
                week.values().copied().sum::<Share>().value().expect("n ≥ 1")
            };
            let change = share(&now) - share(&before);
            prop_assert!((parts.mix + parts.within - change).abs() < 1e-9);
        }
    }
}
