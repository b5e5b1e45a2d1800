//! Shows what `raccord doctor` found: [`human`] and [`json`].

pub(crate) mod human;
pub(crate) mod json;

use std::borrow::Cow;

use crate::language;
use crate::language::marked;
use crate::language::tr;
use crate::remote::doctor::judge::Layer;
use crate::remote::doctor::judge::State;

/// The word of a layer, in JSON; [`layer_told`] says it to people.
fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Secrets => marked!("layer" => "secrets"),
        Layer::Network => marked!("layer" => "network"),
        Layer::Token => marked!("layer" => "token"),
        Layer::Subscription => marked!("layer" => "subscription"),
        Layer::Account => marked!("layer" => "account"),
        Layer::Health => marked!("layer" => "health"),
        Layer::Attachments => marked!("layer" => "attachments"),
        Layer::Password => marked!("layer" => "password"),
        Layer::Clock => marked!("layer" => "clock"),
        Layer::Application => marked!("layer" => "application"),
    }
}

/// The word of a state.
fn state(state: State) -> String {
    match state {
        State::Ok => tr!("state" => "ok"),
        State::NotLookedAt => tr!("state" => "not looked at"),
        State::Warning => tr!("state" => "warning"),
        State::NotReachable => tr!("state" => "not reachable"),
        State::Wrong => tr!("state" => "wrong"),
    }
}

/// The word of a layer for people.
fn layer_told(one: Layer) -> Cow<'static, str> {
    language::translated_in("layer", layer(one))
}
