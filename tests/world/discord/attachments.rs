//! Files of messages: kept as bytes, so that a test can look at a picture.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::asked::{Asked, File};
use super::guild::Guild;

#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    pub id: String,
    pub filename: String,
    /// What a screen reader says of it.
    pub description: Option<String>,
    pub content_type: String,
    pub bytes: Bytes,
    /// Width and height of a PNG.
    pub size: Option<(u32, u32)>,
}

impl Attachment {
    fn new(id: String, file: &File, about: Option<&Value>) -> Attachment {
        let text = |key: &str| about.and_then(|about| about[key].as_str()).map(str::to_owned);
        Attachment {
            id,
            filename: text("filename").unwrap_or_else(|| file.name.clone()),
            description: text("description"),
            content_type: file.content_type.clone(),
            bytes: file.bytes.clone(),
            size: png_size(&file.bytes),
        }
    }

    /// As Discord's answers write it.
    pub fn shape(&self, home: &str, channel: &str) -> Value {
        let url = format!("{home}/attachments/{channel}/{}/{}", self.id, self.filename);
        let mut shape = json!({
            "id": self.id, "filename": self.filename, "size": self.bytes.len(), "url": url,
            "proxy_url": url, "content_type": self.content_type,
        });
        if let Some((width, height)) = self.size {
            (shape["width"], shape["height"]) = (json!(width), json!(height));
        }
        if let Some(description) = &self.description {
            shape["description"] = json!(description);
        }
        shape
    }
}

/// The files of a message after a request: of the old ones those that it lists, or all if it lists
/// none at all, and the new ones.
pub fn after(
    guild: &mut Guild,
    old: &[Attachment],
    asked: &Asked,
    body: &Value,
) -> Vec<Attachment> {
    let listed = body["attachments"].as_array();
    let id =
        |about: &Value| about["id"].as_str().map_or_else(|| about["id"].to_string(), str::to_owned);
    let about = |wanted: &str| listed.into_iter().flatten().find(|about| id(about) == wanted);
    let keeps = |it: &&Attachment| listed.is_none() || about(&it.id).is_some();
    let mut kept: Vec<Attachment> = old.iter().filter(keeps).cloned().collect();
    for file in &asked.files {
        kept.push(Attachment::new(guild.next_id(), file, about(&file.number.to_string())));
    }
    kept
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(8..16)?;
    let number = |part: &[u8]| part.try_into().ok().map(u32::from_be_bytes);
    Some((number(&header[..4])?, number(&header[4..])?))
}
