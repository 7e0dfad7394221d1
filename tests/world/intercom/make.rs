//! Realistic objects: every field of the schema is there, null where real ones are null.

use serde_json::{Value, json};

/// Who closed, where and for whom, unless a setter says otherwise.
pub const ADMIN: &str = "991267715";
pub const TEAM: &str = "5017691";
pub const CONTACT: &str = "6762f14a1bb69f9f2193bbb3";

const CREATED: i64 = 1_734_537_243;
const HOUR: i64 = 3_600;

/// A chat that a customer began an hour before `closed_at`, and that [`ADMIN`] then closed. It has
/// no score yet.
pub fn conversation(id: &str, closed_at: i64) -> Value {
    let created_at = closed_at - HOUR;
    json!({
        "type": "conversation",
        "id": id,
        "title": null,
        "created_at": created_at,
        "updated_at": closed_at,
        "waiting_since": null,
        "snoozed_until": null,
        "open": false,
        "state": "closed",
        "read": true,
        "priority": "none",
        "admin_assignee_id": number(ADMIN),
        "team_assignee_id": number(TEAM),
        "company": null,
        "tags": {"type": "tag.list", "tags": []},
        "conversation_rating": null,
        "source": source(id),
        "contacts": {
            "type": "contact.list",
            "contacts": [{"type": "contact", "id": CONTACT, "external_id": "70"}],
        },
        "teammates": {"type": "admin.list", "teammates": [{"type": "admin", "id": ADMIN}]},
        "custom_attributes": {},
        "first_contact_reply": {"created_at": created_at, "type": "conversation", "url": null},
        "sla_applied": null,
        "statistics": statistics(created_at, closed_at),
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": false},
        "ai_agent_participated": false,
        "ai_agent": null,
        "sales_agent_participated": false,
        "sales_agent": null,
        "channel": {"initial": "messenger", "current": "messenger"},
        "external_references": [],
        "monitor_evaluations": [],
        "scorecards": [],
        "topics": {},
        "ticket": null,
    })
}

fn source(id: &str) -> Value {
    json!({
        "type": "conversation",
        "id": format!("4039{id}"),
        "delivered_as": "customer_initiated",
        "subject": "",
        "body": "<p>I need support</p>",
        "author": {
            "type": "user",
            "id": CONTACT,
            "name": "Joe Bloggs",
            "email": "joe@bloggs.com",
        },
        "attachments": [],
        "url": null,
        "redacted": false,
    })
}

fn statistics(created_at: i64, closed_at: i64) -> Value {
    json!({
        "type": "conversation_statistics",
        "time_to_assignment": 60,
        "time_to_admin_reply": 120,
        "time_to_first_close": HOUR,
        "time_to_last_close": HOUR,
        "median_time_to_reply": 120,
        "first_contact_reply_at": created_at,
        "first_assignment_at": created_at + 60,
        "first_admin_reply_at": created_at + 120,
        "first_close_at": closed_at,
        "last_assignment_at": created_at + 60,
        "last_assignment_admin_reply_at": created_at + 120,
        "last_contact_reply_at": created_at + 1_800,
        "last_admin_reply_at": closed_at,
        "last_close_at": closed_at,
        "last_closed_by_id": ADMIN,
        "count_reopens": 0,
        "count_assignments": 1,
        "count_conversation_parts": 6,
        "assigned_team_first_response_time": [],
        "assigned_team_first_response_time_in_office_hours": [],
        "handling_time": 2_310,
        "adjusted_handling_time": null,
    })
}

/// A teammate with a seat in the inbox; bots are admins without one.
pub fn admin(id: &str, name: &str) -> Value {
    json!({
        "type": "admin",
        "email": format!("admin{id}@example.com"),
        "id": id,
        "name": name,
        "away_mode_enabled": false,
        "away_mode_reassign": false,
        "has_inbox_seat": true,
        "team_ids": [],
    })
}

pub fn team(id: &str, name: &str, admins: &[&str]) -> Value {
    let admins: Vec<i64> = admins.iter().map(|admin| number(admin)).collect();
    json!({"type": "team", "id": id, "name": name, "admin_ids": admins})
}

pub fn contact(id: &str, name: &str, email: &str) -> Value {
    let mut contact = json!({
        "type": "contact",
        "id": id,
        "workspace_id": "cxbotfake",
        "external_id": format!("ext-{id}"),
        "role": "user",
        "email": email,
        "email_domain": email.rsplit('@').next(),
        "name": name,
        "social_profiles": {"type": "list", "data": []},
        "has_hard_bounced": false,
        "marked_email_as_spam": false,
        "unsubscribed_from_emails": false,
        "created_at": CREATED,
        "updated_at": CREATED,
        "signed_up_at": CREATED,
        "location": {
            "type": "location",
            "country": null,
            "region": null,
            "city": null,
            "country_code": null,
            "continent_code": null,
        },
        "custom_attributes": {},
    });
    for key in CONTACT_NULLS {
        contact[key] = Value::Null;
    }
    let lists = [
        ("tags", "tags"),
        ("notes", "notes"),
        ("companies", "companies"),
        ("opted_out_subscription_types", "subscriptions"),
        ("opted_in_subscription_types", "subscriptions"),
    ];
    for (key, path) in lists {
        let url = format!("/contacts/{id}/{path}");
        contact[key] =
            json!({"type": "list", "data": [], "url": url, "total_count": 0, "has_more": false});
    }
    contact
}

const CONTACT_NULLS: &[&str] = &[
    "phone",
    "avatar",
    "owner_id",
    "last_seen_at",
    "last_replied_at",
    "last_contacted_at",
    "last_email_opened_at",
    "last_email_clicked_at",
    "language_override",
    "browser",
    "browser_version",
    "browser_language",
    "os",
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "enabled_push_messaging",
];

pub fn company(id: &str, name: &str) -> Value {
    json!({
        "type": "company",
        "company_id": format!("own-{id}"),
        "id": id,
        "app_id": "cxbotfake",
        "name": name,
        "remote_created_at": CREATED,
        "created_at": CREATED,
        "updated_at": CREATED,
        "monthly_spend": 0,
        "session_count": 0,
        "user_count": 1,
        "tags": {"type": "tag.list", "tags": []},
        "segments": {"type": "segment.list", "segments": []},
        "plan": {},
        "custom_attributes": {},
    })
}

pub fn me() -> Value {
    json!({
        "type": "admin",
        "id": "991267459",
        "email": "owner@example.com",
        "name": "Workspace Owner",
        "email_verified": true,
        "app": {
            "type": "app",
            "id_code": "cxbotfake",
            "name": "Cxbot's fake",
            "created_at": CREATED,
            "secure": false,
            "identity_verification": false,
            "timezone": "America/Los_Angeles",
            "region": "US",
        },
        "avatar": {"type": "avatar", "image_url": "https://static.example.com/128.png"},
        "has_inbox_seat": true,
    })
}

/// Admins' and teams' ids are numbers in conversations and strings elsewhere.
pub fn number(id: &str) -> i64 {
    id.parse().expect("an id of digits")
}
