//! `POST /api/oauth/token` (`docs/sources.md` 8).

use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::world::World;
use crate::simulator::world::people::TOKEN_SECONDS;

/// Answers with a token, or with HTTP 400 and the word of OAuth 2.0 (RFC 6749, 5.2).
pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    let refused = |error: &str, description: &str| {
        Answer::json(400, json!({ "error": error, "error_description": description }))
    };
    let CallBody::Form(form) = &call.body else {
        return refused("invalid_request", "The request must be a form");
    };
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if call.method != "POST" || field("grant_type").is_empty() {
        return refused("invalid_request", "Parameter grant_type is missing");
    }
    if field("grant_type") != "client_credentials" {
        return refused("unsupported_grant_type", "Only client_credentials is supported");
    }
    if !field("scope").split(' ').any(|word| word == "openid") {
        return refused("invalid_scope", "The scope must contain openid");
    }
    match world.issue_token(field("client_id"), field("client_secret")) {
        // The same words for an unknown identifier and a wrong secret, as on PISTE.
        None => refused("invalid_client", "Invalid client identifier or secret"),
        Some(token) => Answer::json(
            200,
            json!({
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
                "scope": field("scope"),
            }),
        )
        .with_header("Cache-Control", "no-store"),
    }
}
