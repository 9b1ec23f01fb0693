//! Our HTTP client, lent to the Entra ID crate: one TLS, one trust, one proxy setting.

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, HttpClient, Request};

/// What the crate sends its few requests with.
#[derive(Debug)]
pub(super) struct Lent(reqwest::Client);

impl Lent {
    pub fn new(client: reqwest::Client) -> Self {
        Self(client)
    }
}

#[async_trait]
impl HttpClient for Lent {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let method = reqwest::Method::from_bytes(request.method().as_ref().as_bytes())
            .map_err(|error| Error::new(ErrorKind::Other, error))?;
        let mut outgoing = self.0.request(method, request.url().clone());
        for (name, value) in request.headers().iter() {
            outgoing = outgoing.header(name.as_str(), value.as_str());
        }
        let body = azure_core::Bytes::from(request.body());
        let answer = outgoing.body(body).send().await.map_err(|error| lost(&error))?;
        let status = answer.status().as_u16();
        let mut headers = Headers::new();
        for (name, value) in answer.headers() {
            if let Ok(value) = value.to_str() {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
        let body = answer.bytes().await.map_err(|error| lost(&error))?;
        Ok(AsyncRawResponse::from_bytes(status.into(), headers, body))
    }
}

/// What went wrong underneath, without the address: its query may hold what nobody should see.
fn lost(error: &reqwest::Error) -> Error {
    let kind = if error.is_connect() { ErrorKind::Connection } else { ErrorKind::Io };
    let mut text = String::from("no answer");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    Error::with_message(kind, text)
}
