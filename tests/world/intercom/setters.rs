//! Changes to conversations, for new ones (with [`with`]) and for stored ones (with `edit`).

use serde_json::{Map, Value, json};

use super::make::number;

/// Applies a setter to a new object.
pub fn with(mut object: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut object);
    object
}

/// The CX Score, under the names that it has in an English workspace.
pub fn scored(rating: impl Into<Value>, explanation: &str) -> impl FnOnce(&mut Value) {
    let mut attributes = Map::new();
    attributes.insert("CX Score rating".to_owned(), rating.into());
    attributes.insert("CX Score explanation".to_owned(), Value::from(explanation));
    move |conversation| {
        let custom = conversation["custom_attributes"].as_object_mut();
        custom.expect("custom attributes").extend(attributes);
    }
}

/// The teammate who is assigned, took part and closed.
pub fn closed_by(admin: &str) -> impl FnOnce(&mut Value) {
    move |conversation| {
        conversation["admin_assignee_id"] = Value::from(number(admin));
        conversation["teammates"]["teammates"] = json!([{"type": "admin", "id": admin}]);
        conversation["statistics"]["last_closed_by_id"] = Value::from(admin);
    }
}

/// The customer, as reference and as the one who wrote first.
pub fn from_contact(contact: &Value) -> impl FnOnce(&mut Value) {
    let author = json!({
        "type": contact["role"],
        "id": contact["id"],
        "name": contact["name"],
        "email": contact["email"],
    });
    let external_id = contact["external_id"].clone();
    move |conversation| {
        let reference = json!({"type": "contact", "id": author["id"], "external_id": external_id});
        conversation["contacts"]["contacts"] = json!([reference]);
        conversation["source"]["author"] = author;
    }
}

/// Handled by Fin, which leaves no teammate and no assignee behind.
pub fn by_fin(resolution_state: &str) -> impl FnOnce(&mut Value) {
    move |conversation| {
        conversation["admin_assignee_id"] = Value::from(0);
        conversation["team_assignee_id"] = Value::from(0);
        conversation["teammates"] = Value::Null;
        conversation["statistics"]["last_closed_by_id"] = Value::Null;
        conversation["ai_agent_participated"] = Value::from(true);
        conversation["ai_agent"] = json!({
            "source_type": "workflow",
            "source_title": "My AI Workflow",
            "last_answer_type": "ai_answer",
            "resolution_state": resolution_state,
            "rating": null,
            "rating_remark": null,
            "created_at": conversation["created_at"],
            "updated_at": conversation["updated_at"],
            "content_sources": {
                "type": "content_source.list", "total_count": 0, "content_sources": [],
            },
        });
    }
}
