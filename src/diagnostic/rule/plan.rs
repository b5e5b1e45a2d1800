//! What shows only when the files are compared with Chorus Pro: told by `plan` and `apply`, never by `validate`.

use crate::diagnostic::rule::rules;

rules! {
    PLAN_RULES = "Plans";

    /// Several technical accounts may be the one that is declared.
    ACCOUNT_AMBIGUOUS = "account-ambiguous", Error {
        why: "Adopting the wrong account would reset the password of someone else.",
        source: "docs/planning.md",
    }

    /// The login of a declared account is not found.
    ACCOUNT_NOT_FOUND = "account-not-found", Error {
        why: "`login` names an account that exists, so that it is adopted and not made.",
        source: "docs/planning.md; docs/sources.md 6",
    }

    /// The official API refuses the technical account that the ledger believes in.
    ACCOUNT_REFUSED = "account-refused", Warning {
        why: "At the portal nothing can be read back: a refusal is the only sign that the account is not as it was confirmed.",
        source: "docs/portal.md; docs/sources.md 8",
    }

    /// The new sheet needs the PISTE application that the old one holds.
    APPLICATION_SHARED = "application-shared", Error {
        why: "An active sheet of a structure holds its PISTE application alone, so both cannot be Actif together.",
        source: "docs/sources.md 5 (DSE 3.3.4) and 10",
    }

    /// Another sheet already holds the PISTE application.
    APPLICATION_TAKEN = "application-taken", Error {
        why: "An active sheet of a structure holds its PISTE application alone.",
        source: "docs/sources.md 5 (DSE 3.3.4) and 10",
    }

    /// A new certificate lacks what the one before it had.
    CERTIFICATE_RENEWAL_LOSES = "certificate-renewal-loses", Warning, check "R02" {
        why: "A renewal replaces a certificate that works: a usage, a kind of key or an organization that is gone may stop the exchanges.",
        source: "docs/sources.md 4 (deck, «La modification d'une demande de raccordement EDI»); practice",
    }

    /// No free name is left for a replacement.
    NO_NAME_LEFT = "no-name-left", Error {
        why: "Names cannot be changed, and count as taken also once their sheet is Inactif.",
        source: "docs/sources.md 3 and 10",
    }

    /// An old sheet stays Actif beside its replacement until the overlap ends.
    OVERLAP_RUNNING = "overlap-running", Notice {
        why: "`lifecycle.overlap` asks for it; a later apply ends it.",
        source: "docs/planning.md",
    }

    /// A password expires on another day than the one that follows from its last change.
    PASSWORD_MOVED = "password-moved", Warning {
        why: "Somebody has changed it since it was confirmed, so that the one that was put away is no longer right.",
        source: "docs/portal.md; docs/sources.md 6",
    }

    /// Changes wait for one another in a circle.
    PLAN_CYCLE = "plan-cycle", Error {
        why: "Each needs what another one lets go, so none can be first.",
        source: "docs/planning.md",
    }

    /// A freeze of the policy is on, or begins soon.
    POLICY_FREEZE = "policy-freeze", Warning {
        why: "While it is on, `apply` sends nothing, unless the run lifts it.",
        source: "docs/promotion.md, \"Freezes\"",
    }

    /// The plan would deactivate more than the policy allows.
    POLICY_MAX_DEACTIVATIONS = "policy-max-deactivations", Error {
        why: "A truncated file must not disconnect everybody.",
        source: "docs/planning.md, \"Policy limits\"",
    }

    /// The plan would replace more sheets than the policy allows.
    POLICY_MAX_REPLACEMENTS = "policy-max-replacements", Error {
        why: "Each replacement brings a new application code, which others have to take in.",
        source: "docs/planning.md, \"Policy limits\"",
    }

    /// A sheet would go to production, and no ledger proves that it was Actif in qualification.
    POLICY_REQUIRE_QUALIFICATION = "policy-require-qualification", Error {
        why: "What was never tested with fictitious data would meet real invoices first.",
        source: "docs/promotion.md; docs/sources.md 1 (deck, «Les environnements de raccordement»)",
    }

    /// A sheet would be replaced, and its lifecycle forbids that.
    REPLACE_PREVENTED = "replace-prevented", Error {
        why: "`lifecycle.prevent_replace` is set, and something that is not modifiable differs.",
        source: "docs/sources.md 4; docs/planning.md",
    }

    /// An old sheet stays Actif until its replacement is.
    RETIREMENT_WAITS = "retirement-waits", Notice {
        why: "Deactivating it earlier would interrupt the exchanges.",
        source: "docs/planning.md",
    }

    /// A target is neither declared nor known.
    TARGET_UNKNOWN = "target-unknown", Error {
        why: "Nothing can be planned for an address that nobody has heard of.",
        source: "docs/planning.md",
    }
}
