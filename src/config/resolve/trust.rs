//! What a project adds to the lists of authorities and policies of certificates.

use std::sync::Arc;

use crate::certificate;
use crate::certificate::Knowledge;
use crate::certificate::knowledge::Confidence;
use crate::certificate::knowledge::OWN_LIST;
use crate::certificate::knowledge::PolicyProfile;
use crate::certificate::knowledge::PolicyRow;
use crate::config::files::Files;
use crate::config::manifest::decode::Text;
use crate::config::manifest::project::CatalogueManifest;
use crate::config::manifest::reader::Reader;
use crate::config::rule;
use crate::domain::value::Oid;
use crate::language::message;

/// What policies stand for, by their words.
const PROFILES: [(&str, PolicyProfile); 6] = [
    ("qwac", PolicyProfile::Qwac),
    ("rgs", PolicyProfile::Rgs),
    ("person", PolicyProfile::Person),
    ("seal", PolicyProfile::Seal),
    ("dv", PolicyProfile::Dv),
    ("none", PolicyProfile::None),
];

impl Reader<'_> {
    /// Reads the authorities, policies and revocation lists of the project.
    pub(crate) fn knowledge(
        &mut self,
        written: Option<&CatalogueManifest>,
        files: &mut Files,
    ) -> Knowledge {
        let mut knowledge = Knowledge::default();
        let Some(written) = written else {
            return knowledge;
        };
        for row in written.certificate_policies.iter().flat_map(|list| &list.items) {
            let oid = self.value(row.oid.as_ref(), Oid::parse);
            let profile = self.word(row.profile.as_ref(), &PROFILES);
            let (Some(oid), Some(profile)) = (oid, profile) else {
                continue;
            };
            let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
            knowledge.add_policy(PolicyRow {
                oid: oid.as_str().to_owned(),
                profile,
                usage: Vec::new(),
                owner: String::new(),
                name: text(&row.name).unwrap_or_default(),
                level: text(&row.level),
                confidence: Confidence::High,
                source: text(&row.source).unwrap_or_else(|| OWN_LIST.to_owned()),
            });
        }
        for path in written.certificate_authorities.iter().flat_map(|list| &list.items) {
            self.authority(path, files, &mut knowledge);
        }
        for path in written.certificate_revocation_lists.iter().flat_map(|list| &list.items) {
            if let Some(bytes) = self.bytes(path, files)
                && !knowledge.add_revocation_list(&bytes)
            {
                self.error(
                    rule::CERTIFICATE_FILE,
                    path.span,
                    message!("`{}` cannot be used: found no revocation list in it", path.value),
                    message!("fetch the list again from the address that the certificate names"),
                );
            }
        }
        knowledge
    }

    fn authority(&mut self, path: &Text, files: &mut Files, knowledge: &mut Knowledge) {
        let Some(bytes) = self.bytes(path, files) else { return };
        let file = match certificate::read(&path.value, &bytes, knowledge) {
            Ok(file) => file,
            Err(refusal) => {
                let message = message!("`{}` cannot be used: {refusal}", path.value, refusal);
                self.error(refusal.check().1, path.span, message, refusal.help());
                return;
            }
        };
        for one in file.certificates {
            if one.is_authority() {
                knowledge.add_authority(Arc::clone(&one));
            } else {
                self.error(
                    rule::CERTIFICATE_FILE,
                    path.span,
                    message!(
                        "`{}` holds the certificate of `{}`, which is no authority's",
                        path.value,
                        one.subject.short()
                    ),
                    message!("keep only the certificates of authorities in the file"),
                );
            }
        }
    }

    /// The bytes of a file, or a fault.
    pub(crate) fn bytes(&mut self, path: &Text, files: &mut Files) -> Option<Vec<u8>> {
        match files.read(&path.value) {
            Ok(bytes) => Some(bytes),
            Err(fault) => {
                let message = message!("`{}` cannot be read: {fault}", path.value, fault);
                self.error(fault.rule(), path.span, message, fault.help());
                None
            }
        }
    }
}
