//! Shows what `raccord doctor` found: [`human`] and [`json`].

pub(crate) mod human;
pub(crate) mod json;

use crate::remote::doctor::judge::Layer;
use crate::remote::doctor::judge::State;

/// The word of a layer.
fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Secrets => "secrets",
        Layer::Network => "network",
        Layer::Token => "token",
        Layer::Subscription => "subscription",
        Layer::Account => "account",
        Layer::Health => "health",
        Layer::Attachments => "attachments",
        Layer::Password => "password",
        Layer::Clock => "clock",
        Layer::Application => "application",
    }
}

/// The word of a state.
fn state(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::NotLookedAt => "not looked at",
        State::Warning => "warning",
        State::NotReachable => "not reachable",
        State::Wrong => "wrong",
    }
}
