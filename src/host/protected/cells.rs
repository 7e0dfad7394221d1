//! Which cells of a week may be shown, so that neither a cell nor a difference of cells is about a few
//! people: primary and complementary suppression, as statistical disclosure control calls them.
//!
//! A cell needs [`CONVERSATIONS`] and [`PEOPLE`]. So does what is left of a larger cell when a smaller one
//! within it is taken away, and what is left of a lane when all its shown teams, or all its shown topics,
//! are taken away; otherwise the smaller cell is hidden too. Which cells are shown follows from the whole
//! week alone and never from what was asked before.

use std::collections::{BTreeMap, BTreeSet};

/// The fewest scored conversations of a cell.
pub(super) const CONVERSATIONS: usize = 20;
/// The fewest people who worked on them.
pub(super) const PEOPLE: usize = 5;

/// A scored conversation that people of the team worked on.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) people: BTreeSet<String>,
    /// The team's id, and its name where known.
    pub(super) team: Vec<String>,
    pub(super) topics: Vec<String>,
}

/// A lane's cell: all of it, or that of one team or one topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Whole,
    Team(String),
    Topic(String),
}

/// The conversations of a cell, by their place in the week.
type Members = BTreeSet<usize>;

/// The cells of one lane of one week that may be shown.
pub(super) fn shown(week: &[Seen]) -> BTreeSet<Cell> {
    let mut cells = cells(week);
    let enough = |members: &Members| {
        let worked: BTreeSet<&String> =
            members.iter().flat_map(|place| &week[*place].people).collect();
        members.len() >= CONVERSATIONS && worked.len() >= PEOPLE
    };
    cells.retain(|_, members| enough(members));
    let Some(whole) = cells.remove(&Cell::Whole) else { return BTreeSet::new() };
    let rest_is_fine = |rest: &Members| rest.is_empty() || enough(rest);
    let mut shown = vec![(Cell::Whole, whole)];
    let mut by_size: Vec<(Cell, Members)> = cells.into_iter().collect();
    by_size.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    for (cell, members) in by_size {
        let tells = |(_, other): &(Cell, Members)| {
            let nested = members.is_subset(other) || other.is_subset(&members);
            nested && !(rest_is_fine(&(other - &members)) && rest_is_fine(&(&members - other)))
        };
        if !shown.iter().any(tells) {
            shown.push((cell, members));
        }
    }
    let is_team = |cell: &Cell| matches!(cell, Cell::Team(_));
    let is_topic = |cell: &Cell| matches!(cell, Cell::Topic(_));
    hide_until(&mut shown, is_team, rest_is_fine);
    hide_until(&mut shown, is_topic, rest_is_fine);
    shown.into_iter().map(|(cell, _)| cell).collect()
}

/// Hides the smallest cell of a kind until what is left of the lane without them may be known.
fn hide_until(
    shown: &mut Vec<(Cell, Members)>,
    of_kind: impl Fn(&Cell) -> bool,
    fine: impl Fn(&Members) -> bool,
) {
    loop {
        let kind = || shown.iter().filter(|(cell, _)| of_kind(cell));
        let taken: Members = kind().flat_map(|(_, members)| members.iter().copied()).collect();
        let rest = &shown[0].1 - &taken;
        if kind().next().is_none() || fine(&rest) {
            return;
        }
        // They are in order of size.
        if let Some(last) = shown.iter().rposition(|(cell, _)| of_kind(cell)) {
            shown.remove(last);
        }
    }
}

fn cells(week: &[Seen]) -> BTreeMap<Cell, Members> {
    let mut cells: BTreeMap<Cell, Members> = BTreeMap::new();
    for (place, seen) in week.iter().enumerate() {
        let team = seen.team.first().map(|team| Cell::Team(team.clone()));
        let topics = seen.topics.iter().map(|topic| Cell::Topic(topic.clone()));
        for cell in team.into_iter().chain(topics).chain([Cell::Whole]) {
            cells.entry(cell).or_default().insert(place);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(person: usize, team: &str, topics: &[&str]) -> Seen {
        Seen {
            people: BTreeSet::from([person.to_string()]),
            team: vec![team.to_owned()],
            topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        }
    }

    /// So many conversations, worked on by so many people in turn.
    fn many(n: usize, people: usize, team: &str, topics: &[&str]) -> Vec<Seen> {
        (0..n).map(|at| seen(at % people, team, topics)).collect()
    }

    fn names(week: &[Seen]) -> String {
        let name = |cell: Cell| match cell {
            Cell::Whole => "all".to_owned(),
            Cell::Team(name) | Cell::Topic(name) => name,
        };
        shown(week).into_iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_cell_needs_twenty_conversations_and_five_people() {
        assert_eq!(names(&many(19, 5, "a", &[])), "");
        assert_eq!(names(&many(20, 4, "a", &[])), "");
        assert_eq!(names(&many(20, 5, "a", &["t"])), "all a t");
    }

    #[test]
    fn what_is_left_of_a_lane_is_not_about_a_few_either() {
        let three = |third: usize| {
            let teams = [many(40, 6, "a", &[]), many(30, 6, "b", &[]), many(third, 2, "c", &[])];
            teams.concat()
        };
        // Team c is too small, so the smallest other team is hidden with it.
        assert_eq!(names(&three(10)), "all a");
        assert_eq!(names(&three(0)), "all a b");
    }

    #[test]
    fn of_two_topics_within_one_another_the_difference_is_not_about_a_few() {
        let week = [many(40, 6, "a", &["t"]), many(25, 5, "a", &["t", "u"])].concat();
        assert_eq!(names(&week), "all a t u");
        let week = [many(5, 6, "a", &["t"]), many(25, 5, "a", &["t", "u"])].concat();
        assert_eq!(names(&week), "all a t");
    }

    fn week() -> impl Strategy<Value = Vec<Seen>> {
        let one = (0usize..9, 0usize..4, prop::collection::btree_set(0usize..4, 0..3));
        prop::collection::vec(one, 0..160).prop_map(|all| {
            let make = |(person, team, topics): (usize, usize, BTreeSet<usize>)| Seen {
                people: BTreeSet::from([person.to_string()]),
                team: vec![format!("team {team}")],
                topics: topics.into_iter().map(|topic| format!("topic {topic}")).collect(),
            };
            all.into_iter().map(make).collect()
        })
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_worked_out_from_what_is_shown_is_about_a_few(week in week()) {
            let all = cells(&week);
            let shown: Vec<&Members> =
                shown(&week).iter().map(|cell| &all[cell]).collect();
            let fine = |members: &Members| {
                let people: BTreeSet<_> =
                    members.iter().flat_map(|place| &week[*place].people).collect();
                members.is_empty() || members.len() >= 20 && people.len() >= 5
            };
            for cell in &shown {
                prop_assert!(fine(cell));
                for other in &shown {
                    prop_assert!(!cell.is_subset(other) || fine(&(*other - *cell)));
                }
            }
        }
    }
}
