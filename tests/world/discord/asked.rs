//! A request, read to its end and decoded.

use std::collections::HashMap;
use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use futures_util::stream;
use reqwest::Url;
use serde_json::Value;

use super::table::{self, Route};

pub struct Asked {
    pub http_method: String,
    pub path: String,
    /// None for a path that the fake does not know.
    pub route: Option<&'static Route>,
    /// The parts of the path that stand for something, by their names in the route.
    pub ids: HashMap<&'static str, String>,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    /// Null for none.
    pub body: Value,
    pub files: Vec<File>,
    /// What is wrong with the form of the request.
    pub problems: Vec<String>,
    pub at: Instant,
}

/// A file of a form, sent as `files[number]`.
#[derive(Clone)]
pub struct File {
    pub number: usize,
    pub name: String,
    pub content_type: String,
    pub bytes: Bytes,
}

impl Asked {
    pub async fn read(request: Request) -> Asked {
        let at = Instant::now();
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let http_method = parts.method.to_string();
        let (route, ids) = table::find(&http_method, &path).unzip();
        let mut asked = Asked {
            http_method,
            path,
            route,
            ids: ids.unwrap_or_default(),
            query: pairs(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body: Value::Null,
            files: Vec::new(),
            problems: Vec::new(),
            at,
        };
        asked.take_body(body).await;
        asked
    }

    /// The route's name, or the path of one that is not known.
    pub fn label(&self) -> String {
        match self.route {
            Some(route) => format!("{} {}", route.http_method, route.path),
            None => format!("{} {}", self.http_method, self.path),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Only asked for parts that the route has.
    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).expect("a part of the route's path")
    }

    async fn take_body(&mut self, body: Body) {
        // A client that goes away in the middle of its request is not there to be answered.
        let raw = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let content_type =
            self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default().to_owned();
        if raw.is_empty() {
            return;
        }
        match content_type.split(';').next().unwrap_or_default().trim() {
            _ if self.http_method == "GET" => self.problem("a GET with a body"),
            "application/json" => self.take_json(&raw),
            "multipart/form-data" => self.take_form(raw, &content_type).await,
            other => self.problem(&format!("a body of the type {other:?}")),
        }
    }

    fn problem(&mut self, problem: &str) {
        self.problems.push(problem.to_owned());
    }

    fn take_json(&mut self, raw: &[u8]) {
        match serde_json::from_slice(raw) {
            Ok(body) => self.body = body,
            Err(error) => self.problem(&format!("a body that is not JSON: {error}")),
        }
    }

    async fn take_form(&mut self, raw: Bytes, content_type: &str) {
        let Ok(boundary) = multer::parse_boundary(content_type) else {
            return self.problem("a form without a boundary");
        };
        let whole = stream::iter([Ok::<_, std::io::Error>(raw)]);
        let mut form = multer::Multipart::new(whole, boundary);
        loop {
            match form.next_field().await {
                Ok(Some(field)) => self.take_field(field).await,
                Ok(None) => return,
                Err(error) => return self.problem(&format!("a broken form: {error}")),
            }
        }
    }

    async fn take_field(&mut self, field: multer::Field<'_>) {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string).unwrap_or_default();
        let Ok(bytes) = field.bytes().await else { return self.problem("a broken form") };
        if name == "payload_json" {
            return self.take_json(&bytes);
        }
        let number = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']'));
        match (number.and_then(|number| number.parse().ok()), file) {
            (Some(number), Some(name)) => {
                self.files.push(File { number, name, content_type, bytes });
            }
            _ => self.problem(&format!("a part {name:?} is neither payload_json nor a file")),
        }
    }
}

fn pairs(encoded: &str) -> HashMap<String, String> {
    // The address is there only to lend its parser.
    let mut address = Url::parse("http://fake.invalid/").expect("an address");
    address.set_query(Some(encoded).filter(|encoded| !encoded.is_empty()));
    address.query_pairs().into_owned().collect()
}
