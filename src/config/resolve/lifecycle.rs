//! How a sheet may live and be replaced, and the names that its replacements will have.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use minijinja::Value;

use crate::config::manifest::decode::Text;
use crate::config::manifest::entity::LifecycleManifest;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::resolve::entity::flag;
use crate::config::rule;
use crate::config::source::template::Engine;
use crate::domain::edi::DEFAULT_REPLACEMENT_NAME;
use crate::domain::edi::Lifecycle;
use crate::domain::edi::ReplaceOrder;
use crate::domain::edi::fit_name;
use crate::domain::value::SheetName;
use crate::domain::value::parse_days;
use crate::language::Message;
use crate::language::message;

/// The generations that names are made for. A sheet that is replaced twice a year reaches the last in 24 years.
const GENERATIONS: std::ops::RangeInclusive<u32> = 2..=50;

/// The orders of a replacement by their words.
const ORDERS: [(&str, ReplaceOrder); 2] = [
    ("create_first", ReplaceOrder::CreateFirst),
    ("deactivate_first", ReplaceOrder::DeactivateFirst),
];

/// The templates for replacement names, each parsed once.
pub(crate) struct ReplacementNames {
    engine: Engine,
    faults: BTreeMap<String, Message>,
}

impl ReplacementNames {
    /// No template yet.
    pub(crate) fn new() -> Self {
        Self { engine: Engine::plain(), faults: BTreeMap::new() }
    }

    /// Renders the names of all generations, or says why the template gives no usable ones.
    fn render(&mut self, template: &str, name: &SheetName) -> Result<Vec<SheetName>, Message> {
        if let Some(fault) = self.faults.get(template) {
            return Err(fault.clone());
        }
        if !self.engine.has(template)
            && let Err(fault) = self.engine.add(template, template)
        {
            self.faults.insert(template.to_owned(), fault.message.clone());
            return Err(fault.message);
        }
        let mut seen = BTreeSet::from([name.clone()]);
        let mut names = Vec::new();
        for generation in GENERATIONS {
            let build = |name: &str| {
                let values = Value::from_pairs([
                    ("name", Value::from(name)),
                    ("generation", Value::from(generation)),
                ]);
                self.engine.fill_short(template, &values)
            };
            build(name.as_str()).map_err(|fault| fault.message)?;
            let fitted = fit_name(name, |name| build(name).unwrap_or_default())
                .ok_or_else(|| message!("it gives no name of 1 to 100 characters on one line"))?;
            if !seen.insert(fitted.clone()) {
                return Err(message!(
                    "it gives `{fitted}` twice, for generation {generation} again",
                    fitted,
                    generation
                ));
            }
            names.push(fitted);
        }
        Ok(names)
    }
}

impl Resolver<'_> {
    /// Resolves a lifecycle, and the names of replacements when their template is not the default.
    pub(crate) fn lifecycle(
        &mut self,
        written: Option<&LifecycleManifest>,
        name: Option<&SheetName>,
        origin: Origin<'_>,
    ) -> (Lifecycle, Vec<SheetName>) {
        let default = Lifecycle::default();
        let Some(written) = written else {
            return (default, Vec::new());
        };
        let mut reader = self.reader(origin);
        let replace = reader.word(written.replace.as_ref(), &ORDERS);
        let overlap = reader.value(written.overlap.as_ref(), parse_days);
        let template = written
            .replacement_name
            .as_ref()
            .map_or(DEFAULT_REPLACEMENT_NAME, |text| text.value.as_str());
        let names = self.names(written.replacement_name.as_ref(), name, origin);
        let lifecycle = Lifecycle {
            prevent_replace: flag(written.prevent_replace, default.prevent_replace),
            replace: replace.unwrap_or(default.replace),
            overlap_days: overlap.unwrap_or(default.overlap_days),
            replacement_name: template.to_owned(),
            recreate_on_error: flag(written.recreate_on_error, default.recreate_on_error),
        };
        (lifecycle, names)
    }

    fn names(
        &mut self,
        template: Option<&Text>,
        name: Option<&SheetName>,
        origin: Origin<'_>,
    ) -> Vec<SheetName> {
        let (Some(template), Some(name)) = (template, name) else {
            return Vec::new();
        };
        if template.value == DEFAULT_REPLACEMENT_NAME {
            return Vec::new();
        }
        match self.replacement_names.render(&template.value, name) {
            Ok(names) => names,
            Err(fault) => {
                let message =
                    message!("`{}` cannot name replacements: {fault}", template.value, fault);
                let help = message!(
                    "use `name` and `generation`, for example `{{ name }} v{{ generation }}`"
                );
                self.reader(origin).error(rule::REPLACEMENT_NAME, template.span, message, help);
                Vec::new()
            }
        }
    }
}
