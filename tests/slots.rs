//! Slots over a clock that the test moves: once each, the right civil time, nothing for the past.

use cxbot::store::{Address, Counting, Job, SlotRow, Store};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const MONDAYS: &str = "0 9 * * Mon";

fn job(schedule: &str, zone: &str) -> Job {
    Job {
        name: "digest/all".to_owned(),
        schedule: schedule.parse().expect("a schedule"),
        zone: TimeZone::get(zone).expect("a bundled zone"),
        zone_name: zone.to_owned(),
    }
}

fn at(instant: &str) -> Timestamp {
    instant.parse().expect("an instant")
}

async fn stores() -> Vec<Store> {
    let mut addresses = vec![Address::Memory];
    if let Some(url) = crate::world::postgres::database().await {
        addresses.push(url.parse().expect("an address"));
    }
    let mut stores = Vec::new();
    for address in addresses {
        stores.push(Store::open(&address, Counting::default()).await.expect("a store"));
    }
    stores
}

/// Looks at the clock and runs what is due; the civil times that ran.
async fn tick(store: &Store, job: &Job, now: Timestamp) -> Vec<String> {
    store.list_slots(job, now).await.expect("listed");
    let mut ran = Vec::new();
    while let Some(claim) = store.claim_slot(&job.name, now).await.expect("claimed") {
        assert!(store.slot_done(&claim, 0).await.expect("done"));
        ran.push(claim.civil);
    }
    ran
}

fn shown(slots: &[SlotRow]) -> Vec<String> {
    let line = |slot: &SlotRow| {
        let late = if slot.late { " late" } else { "" };
        format!("{} {} {}{late}", slot.civil, slot.state, slot.reason)
    };
    slots.iter().map(|slot| line(slot).replace("  ", " ").trim_end().to_owned()).collect()
}

#[tokio::test]
async fn sixty_weeks_in_four_zones_run_once_a_week_at_nine_on_the_wall() {
    for zone in ["Europe/Dublin", "America/Vancouver", "Australia/Lord_Howe", "Asia/Kathmandu"] {
        for store in stores().await {
            let job = job(MONDAYS, zone);
            let mut now = at("2025-10-01T00:00:00Z");
            let end = now + SignedDuration::from_hours(60 * 7 * 24);
            let mut ran = Vec::new();
            while now < end {
                for civil in tick(&store, &job, now).await {
                    let local = job.zone.to_datetime(now);
                    assert!(
                        civil.ends_with("T09:00:00") && local.hour() == 9,
                        "{civil} at {local}"
                    );
                    ran.push(civil);
                }
                // Finer the nearer nine o'clock on Monday is.
                let local = job.zone.to_datetime(now);
                let minutes = match (local.weekday(), local.hour()) {
                    (Weekday::Monday, 8) => 7,
                    (Weekday::Monday, _) => 29,
                    _ => 300,
                };
                now += SignedDuration::from_mins(minutes);
            }
            let mut distinct = ran.clone();
            distinct.dedup();
            assert_eq!((ran.len(), distinct.len()), (60, 60), "{zone}");
            store.close().await;
        }
    }
}

#[tokio::test]
async fn after_a_pause_the_newest_slot_is_run_late_and_older_ones_are_recorded() {
    for store in stores().await {
        let job = job(MONDAYS, "Europe/Dublin");
        assert_eq!(tick(&store, &job, at("2026-10-30T12:00:00Z")).await, [""; 0]);
        assert_eq!(tick(&store, &job, at("2026-11-16T11:20:00Z")).await, ["2026-11-16T09:00:00"]);
        assert_eq!(
            shown(&store.slots().await.expect("slots")),
            [
                "2026-11-02T09:00:00 skipped missed late",
                "2026-11-09T09:00:00 skipped missed late",
                "2026-11-16T09:00:00 done late",
            ]
        );
    }
}

#[tokio::test]
async fn a_new_or_changed_schedule_never_fires_for_the_past() {
    for store in stores().await {
        let mondays = job(MONDAYS, "Europe/Dublin");
        let tuesdays = job("0 9 * * Tue", "Europe/Dublin");
        assert_eq!(tick(&store, &mondays, at("2026-11-18T12:00:00Z")).await, [""; 0]);
        assert_eq!(tick(&store, &tuesdays, at("2026-11-26T12:00:00Z")).await, [""; 0]);
        assert_eq!(
            tick(&store, &tuesdays, at("2026-12-01T09:01:00Z")).await,
            ["2026-12-01T09:00:00"]
        );
    }
}

#[tokio::test]
async fn days_to_skip_are_recorded_and_not_run() {
    for store in stores().await {
        let mondays = job(MONDAYS, "Europe/Dublin");
        let days = ["2026-12-28".parse().expect("a date")];
        let job = Job { schedule: mondays.schedule.skipping(&days), ..mondays };
        tick(&store, &job, at("2026-12-22T12:00:00Z")).await;
        assert_eq!(tick(&store, &job, at("2026-12-28T09:01:00Z")).await, [""; 0]);
        assert_eq!(tick(&store, &job, at("2027-01-04T09:01:00Z")).await, ["2027-01-04T09:00:00"]);
        let slots = shown(&store.slots().await.expect("slots"));
        assert_eq!(slots[0], "2026-12-28T09:00:00 skipped a day to skip");
    }
}

#[tokio::test]
async fn a_slot_has_one_runner_and_a_dead_one_is_followed_when_its_lease_ends() {
    for store in stores().await {
        let job = job(MONDAYS, "Europe/Dublin");
        store.list_slots(&job, at("2026-11-15T12:00:00Z")).await.expect("listed");
        let now = at("2026-11-16T09:00:30Z");
        store.list_slots(&job, now).await.expect("listed");
        let first = store.claim_slot(&job.name, now).await.expect("asked").expect("due");
        assert_eq!(store.claim_slot(&job.name, now).await.expect("asked"), None);
        let later = now + SignedDuration::from_mins(16);
        let second = store.claim_slot(&job.name, later).await.expect("asked").expect("due again");
        assert_eq!(second.civil, first.civil);
        // The first one was frozen, not dead: it has no say any more.
        assert!(!store.slot_done(&first, 0).await.expect("asked"));
        assert!(store.slot_done(&second, 0).await.expect("asked"));
        assert_eq!(store.claim_slot(&job.name, later).await.expect("asked"), None);
    }
}

#[tokio::test]
async fn a_job_never_overlaps_itself() {
    for store in stores().await {
        let job = job("*/5 * * * *", "Europe/Dublin");
        store.list_slots(&job, at("2026-11-16T09:00:00Z")).await.expect("listed");
        let now = at("2026-11-16T09:05:00Z");
        store.list_slots(&job, now).await.expect("listed");
        let held = store.claim_slot(&job.name, now).await.expect("asked").expect("due");
        let later = at("2026-11-16T09:10:00Z");
        store.list_slots(&job, later).await.expect("listed");
        assert_eq!(store.claim_slot(&job.name, later).await.expect("asked"), None);
        assert!(store.slot_done(&held, 0).await.expect("asked"));
        let next = store.claim_slot(&job.name, later).await.expect("asked").expect("due");
        assert_eq!(next.civil, "2026-11-16T09:10:00");
        assert_eq!(next.previous, Some(held.due_at));
    }
}

#[tokio::test]
async fn a_failed_slot_is_tried_again_after_a_pause_and_given_up_after_five_tries() {
    for store in stores().await {
        let job = job(MONDAYS, "Europe/Dublin");
        let mut now = at("2026-11-15T12:00:00Z");
        store.list_slots(&job, now).await.expect("listed");
        now = at("2026-11-16T09:00:00Z");
        store.list_slots(&job, now).await.expect("listed");
        for _ in 0..5 {
            let claim = store.claim_slot(&job.name, now).await.expect("asked").expect("due");
            assert!(store.slot_failed(&claim, "no disk", now).await.expect("recorded"));
            assert_eq!(store.claim_slot(&job.name, now).await.expect("asked"), None, "a pause");
            now += SignedDuration::from_hours(2);
        }
        assert_eq!(store.claim_slot(&job.name, now).await.expect("asked"), None);
        let slots = shown(&store.slots().await.expect("slots"));
        assert_eq!(slots, ["2026-11-16T09:00:00 skipped no disk"]);
    }
}
