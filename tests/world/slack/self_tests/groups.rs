//! Self-tests of the lists of people and of user groups.

use serde_json::json;
use slack_morphism::api::{
    SlackApiUserGroupsListResponse, SlackApiUserGroupsUsersListResponse, SlackApiUsersListResponse,
};

use super::super::Slack;
use super::{PERSON, call, workspace};

const OTHER: &str = "U0BOB00001";

async fn peopled() -> Slack {
    let slack = workspace().await;
    slack.put_user(PERSON, "alice");
    slack.put_user(OTHER, "bob");
    slack.put_email(PERSON, "alice@example.com");
    slack.put_usergroup("S0SUPPORT1", "support-leads", &[PERSON, OTHER]);
    slack
}

#[tokio::test]
async fn people_are_listed_in_pages_and_found_by_their_address() {
    let slack = peopled().await;
    assert_eq!(call(&slack, "users.list", json!({})).await.error(), "missing_scope");
    slack.grant(&["users:read"]);
    let all = call(&slack, "users.list", json!({})).await;
    assert_eq!(all.body["members"].as_array().expect("members").len(), 3);
    assert_eq!(all.next(), Some(""));
    serde_json::from_value::<SlackApiUsersListResponse>(all.body.clone()).expect("readable");
    let first = call(&slack, "users.list", json!({"limit": 2})).await;
    let rest = json!({"limit": 2, "cursor": first.next()});
    let rest = call(&slack, "users.list", rest).await;
    let ids = |answer: &super::Answer| {
        let members = answer.body["members"].as_array().expect("members").clone();
        members.into_iter().map(|member| member["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!([ids(&first), ids(&rest)].concat(), ids(&all));

    let address = json!({"email": "Alice@example.com"});
    let refused = call(&slack, "users.lookupByEmail", address.clone()).await;
    assert_eq!(refused.body["needed"], "users:read.email");
    let shown = call(&slack, "users.info", json!({"user": PERSON})).await;
    assert!(shown.body["user"]["profile"].get("email").is_none());
    slack.grant(&["users:read.email"]);
    let found = call(&slack, "users.lookupByEmail", address).await;
    assert_eq!(found.body["user"]["id"], PERSON);
    assert_eq!(found.body["user"]["profile"]["email"], "alice@example.com");
    let unknown = call(&slack, "users.lookupByEmail", json!({"email": "x@example.com"})).await;
    assert_eq!(unknown.error(), "users_not_found");
    assert_eq!(slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn user_groups_name_their_members_when_asked() {
    let slack = peopled().await;
    assert_eq!(call(&slack, "usergroups.list", json!({})).await.error(), "missing_scope");
    slack.grant(&["usergroups:read"]);
    let bare = call(&slack, "usergroups.list", json!({})).await;
    assert_eq!(bare.body["usergroups"][0]["handle"], "support-leads");
    assert!(bare.body["usergroups"][0].get("users").is_none());
    let full = call(&slack, "usergroups.list", json!({"include_users": true})).await;
    assert_eq!(full.body["usergroups"][0]["users"], json!([PERSON, OTHER]));
    serde_json::from_value::<SlackApiUserGroupsListResponse>(full.body).expect("readable");
    let users = call(&slack, "usergroups.users.list", json!({"usergroup": "S0SUPPORT1"})).await;
    assert_eq!(users.body["users"], json!([PERSON, OTHER]));
    serde_json::from_value::<SlackApiUserGroupsUsersListResponse>(users.body).expect("readable");
    let unknown = call(&slack, "usergroups.users.list", json!({"usergroup": "S0"})).await;
    assert_eq!(unknown.error(), "no_such_subteam");
    assert_eq!(slack.complaints(), [""; 0]);
}
