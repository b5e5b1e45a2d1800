//! What may be done to EDI sheets, when, and what follows (AIFE's deck, sections 4 and 5).

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::simulator::world::World;
use crate::simulator::world::edi::EdiSheet;
use crate::simulator::world::edi::EdiStatus;
use crate::simulator::world::edi::EdiValues;
use crate::simulator::world::edi::ExchangeSystem;
use crate::simulator::world::edi::HeldCertificate;
use crate::simulator::world::edi::Network;
use crate::simulator::world::edi::Protocol;
use crate::simulator::world::edi::Slot;
use crate::simulator::world::edi::Verdict;
use crate::simulator::world::edi_values;
use crate::simulator::world::edi_values::Frame;
use crate::simulator::world::edi_values::SentValues;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;
use crate::simulator::world::time::later;

/// The longest name, in characters (AIFE's deck, «Afficher le récapitulatif des données»).
const NAME_MAX: usize = 100;

/// What can never be changed about a sheet.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// SIRET.
    pub(crate) structure: String,
    /// Exchange system.
    pub(crate) system: ExchangeSystem,
    /// Protocol.
    pub(crate) protocol: Protocol,
    /// Name.
    pub(crate) name: Option<String>,
}

/// The same, where it may be named again without being changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedAgain {
    /// SIRET.
    pub(crate) structure: Option<String>,
    /// Exchange system.
    pub(crate) system: Option<ExchangeSystem>,
    /// Protocol.
    pub(crate) protocol: Option<Protocol>,
    /// Name.
    pub(crate) name: Option<String>,
}

impl World {
    /// Creates a sheet: a draft, or one that is sent to the target system at once.
    pub(crate) fn create_edi(
        &mut self,
        actor: &Actor,
        identity: Identity,
        values: SentValues,
        draft: bool,
    ) -> Result<u64, Refusal> {
        let Identity { structure, system, protocol, name } = identity;
        self.may_edit(actor, &structure)?;
        let nothing = BTreeMap::new();
        let frame = Frame { system, protocol, held: &nothing, complete: !draft, now: self.now() };
        let values = edi_values::check(values, frame)?;
        let name = check_name(name)?;
        if self.index.names.contains_key(&(system, structure.clone(), name.clone())) {
            return Err(RefusalKind::NameTaken.because(format!(
                "Le nom « {name} » est déjà utilisé pour ce système d'échange et cette structure."
            )));
        }
        self.certificates_free(None, &values.certificates)?;
        let now = self.now();
        let mut sheet = EdiSheet {
            structure,
            system,
            name,
            protocol,
            status: EdiStatus::Draft,
            status_since: now,
            application_code: self.next_application_code(),
            network: Network::default(),
            certificates: BTreeMap::new(),
            validity: None,
            contact: None,
            subscriptions: values.subscriptions.clone(),
            settles_at: None,
            verdict: None,
            retired: false,
        };
        sheet.take(values);
        if !draft {
            self.send(&mut sheet);
        }
        self.counters.edi += 1;
        let number = self.counters.edi;
        self.index_edi(number, &sheet);
        self.edi.insert(number, sheet);
        Ok(number)
    }

    /// Finalises a draft.
    pub(crate) fn finalise_edi(
        &mut self,
        actor: &Actor,
        number: u64,
        again: &NamedAgain,
        values: SentValues,
    ) -> Result<(), Refusal> {
        let sheet = self.editable_edi(actor, number)?;
        expect_status(&sheet, &[EdiStatus::Draft])?;
        self.change_edi(number, sheet, again, values)
    }

    /// Changes a sheet that is Actif or Inactif: it is sent to the target system again.
    pub(crate) fn update_edi(
        &mut self,
        actor: &Actor,
        number: u64,
        again: &NamedAgain,
        values: SentValues,
    ) -> Result<(), Refusal> {
        let sheet = self.editable_edi(actor, number)?;
        expect_status(&sheet, &[EdiStatus::Active, EdiStatus::Inactive])?;
        self.change_edi(number, sheet, again, values)
    }

    /// Inactif to Actif, inside the validity.
    pub(crate) fn activate_edi(&mut self, actor: &Actor, number: u64) -> Result<(), Refusal> {
        let sheet = self.editable_edi(actor, number)?;
        expect_status(&sheet, &[EdiStatus::Inactive])?;
        if !sheet.validity.is_some_and(|validity| validity.contains(self.today())) {
            return Err(
                RefusalKind::Status.because("Le raccordement est hors de sa période de validité.")
            );
        }
        // Only where certificates of retired sheets are free again can this fail.
        self.certificates_free(Some(number), &sheet.certificates)?;
        let now = self.now();
        self.replace_edi(number, sheet, |sheet| {
            sheet.retired = false;
            sheet.enter(EdiStatus::Active, now);
        });
        Ok(())
    }

    /// Actif to Inactif.
    pub(crate) fn deactivate_edi(&mut self, actor: &Actor, number: u64) -> Result<(), Refusal> {
        let sheet = self.editable_edi(actor, number)?;
        expect_status(&sheet, &[EdiStatus::Active])?;
        let now = self.now();
        self.replace_edi(number, sheet, |sheet| {
            sheet.retired = true;
            sheet.enter(EdiStatus::Inactive, now);
        });
        Ok(())
    }

    /// Deletes a draft.
    pub(crate) fn delete_edi(&mut self, actor: &Actor, number: u64) -> Result<(), Refusal> {
        let sheet = self.editable_edi(actor, number)?;
        expect_status(&sheet, &[EdiStatus::Draft])?;
        self.unindex_edi(number, &sheet);
        self.edi.remove(&number);
        Ok(())
    }

    /// An administrator or the target system decides about a sheet, whatever its status.
    ///
    /// A sheet that is held in En cours settles at once; one that is still to settle keeps its time.
    pub(crate) fn decide_edi(&mut self, number: u64, verdict: Verdict) -> bool {
        let Some(mut sheet) = self.edi.get(&number).cloned() else {
            return false;
        };
        self.unindex_edi(number, &sheet);
        let now = self.now();
        sheet.verdict = Some(verdict);
        match (sheet.status, sheet.settles_at) {
            (EdiStatus::Pending, None) => self.settle(&mut sheet, now),
            (EdiStatus::Partial | EdiStatus::Error, _) => {
                if verdict == Verdict::Held {
                    sheet.enter(EdiStatus::Pending, now);
                }
                self.settle(&mut sheet, now);
            }
            _ => {}
        }
        self.index_edi(number, &sheet);
        self.edi.insert(number, sheet);
        true
    }

    /// The sheet, when the account sees it and may change it.
    fn editable_edi(&self, actor: &Actor, number: u64) -> Result<EdiSheet, Refusal> {
        let sheet = self.visible_edi(actor, number)?;
        self.may_edit(actor, &sheet.structure)?;
        Ok(sheet.clone())
    }

    /// The sheet, when the account sees it.
    pub(crate) fn visible_edi(&self, actor: &Actor, number: u64) -> Result<&EdiSheet, Refusal> {
        self.edi
            .get(&number)
            .filter(|sheet| self.is_attached(actor, &sheet.structure))
            .ok_or_else(|| RefusalKind::Unknown.because("Ce raccordement n'existe pas."))
    }

    /// Takes new values and sends the sheet to the target system.
    fn change_edi(
        &mut self,
        number: u64,
        sheet: EdiSheet,
        again: &NamedAgain,
        values: SentValues,
    ) -> Result<(), Refusal> {
        expect_same(&sheet, again)?;
        let frame = Frame {
            system: sheet.system,
            protocol: sheet.protocol,
            held: &sheet.certificates,
            complete: true,
            now: self.now(),
        };
        let values: EdiValues = edi_values::check(values, frame)?;
        self.certificates_free(Some(number), &values.certificates)?;
        self.unindex_edi(number, &sheet);
        let mut sheet = sheet;
        sheet.take(values);
        self.send(&mut sheet);
        self.index_edi(number, &sheet);
        self.edi.insert(number, sheet);
        Ok(())
    }

    /// Sends a sheet to the target system.
    fn send(&self, sheet: &mut EdiSheet) {
        let now = self.now();
        let delay =
            SignedDuration::try_from(self.options.settle_after).unwrap_or(SignedDuration::MAX);
        sheet.enter(EdiStatus::Pending, now);
        sheet.settles_at = Some(later(now, delay));
    }

    /// Puts a changed sheet in the place of the old one.
    fn replace_edi(&mut self, number: u64, sheet: EdiSheet, change: impl FnOnce(&mut EdiSheet)) {
        self.unindex_edi(number, &sheet);
        let mut sheet = sheet;
        change(&mut sheet);
        self.index_edi(number, &sheet);
        self.edi.insert(number, sheet);
    }

    /// No other sheet, of whatever structure, holds one of these certificates.
    fn certificates_free(
        &self,
        own: Option<u64>,
        certificates: &BTreeMap<Slot, HeldCertificate>,
    ) -> Result<(), Refusal> {
        for held in certificates.values() {
            let holders = self.index.certificates.get(&held.sha256);
            let taken = holders.into_iter().flatten().any(|number| {
                Some(*number) != own
                    && self.edi.get(number).is_some_and(|sheet| !self.has_let_go(sheet))
            });
            if taken {
                return Err(RefusalKind::CertificateTaken.because(format!(
                    "Le certificat « {} » est déjà utilisé par un autre raccordement.",
                    held.file_name
                )));
            }
        }
        Ok(())
    }

    /// Whether the certificates of a sheet are free again.
    fn has_let_go(&self, sheet: &EdiSheet) -> bool {
        self.options.certificate_reuse_after_deactivation
            && sheet.status == EdiStatus::Inactive
            && !sheet.awaits_start()
    }
}

/// A name: at most 100 characters, nothing blank.
fn check_name(name: Option<String>) -> Result<String, Refusal> {
    let name = field::required("nom", name)?;
    if name.chars().count() > NAME_MAX {
        return Err(RefusalKind::Field.because("Le champ « nom » est limité à 100 caractères."));
    }
    Ok(name)
}

/// The status is one of those that allow what is asked.
fn expect_status(sheet: &EdiSheet, allowed: &[EdiStatus]) -> Result<(), Refusal> {
    if allowed.contains(&sheet.status) {
        return Ok(());
    }
    Err(RefusalKind::Status.because(format!(
        "Le statut « {} » du raccordement ne permet pas cette action.",
        sheet.status.label()
    )))
}

/// What cannot be changed is absent, or the same.
fn expect_same(sheet: &EdiSheet, again: &NamedAgain) -> Result<(), Refusal> {
    let NamedAgain { structure, system, protocol, name } = again;
    let changed = [
        ("structure", structure.as_ref().is_some_and(|given| *given != sheet.structure)),
        ("systemeEchange", system.is_some_and(|given| given != sheet.system)),
        ("protocole", protocol.is_some_and(|given| given != sheet.protocol)),
        ("nom", name.as_ref().is_some_and(|given| *given != sheet.name)),
    ];
    match changed.into_iter().find(|(_, differs)| *differs) {
        Some((field, _)) => {
            Err(RefusalKind::Immutable
                .because(format!("Le champ « {field} » n'est pas modifiable.")))
        }
        None => Ok(()),
    }
}
