//! Paging and sorting, whose wrapper has another name in each service (`docs/sources.md` 8).

use serde::Deserialize;

use crate::simulator::piste::Fault;
use crate::simulator::piste::wire::PageShown;

/// How many results a page has unless asked otherwise (`docs/sources.md` 8: observed).
const DEFAULT_SIZE: i64 = 10;

/// The direction of a sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Direction {
    /// Smallest first.
    #[default]
    Ascendant,
    /// Largest first.
    Descendant,
}

/// What every wrapper holds; `C` is the enumeration of its columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paging<C> {
    nb_resultats_par_page: Option<i64>,
    page_resultat_demandee: Option<i64>,
    tri_colonne: Option<C>,
    tri_sens: Option<Direction>,
}

impl<C> Default for Paging<C> {
    fn default() -> Self {
        Self {
            nb_resultats_par_page: None,
            page_resultat_demandee: None,
            tri_colonne: None,
            tri_sens: None,
        }
    }
}

impl<C: Copy> Paging<C> {
    /// Sorts `all` by the column that was asked for and cuts out the page.
    pub(super) fn cut<T, K: Ord>(
        &self,
        mut all: Vec<T>,
        key: impl Fn(&T, C) -> K,
    ) -> Result<(Vec<T>, PageShown), Fault> {
        if let Some(column) = self.tri_colonne {
            all.sort_by_cached_key(|element| key(element, column));
        }
        if self.tri_sens == Some(Direction::Descendant) {
            all.reverse();
        }
        let size = self.nb_resultats_par_page.unwrap_or(DEFAULT_SIZE);
        let page = self.page_resultat_demandee.unwrap_or(1);
        let malformed = |name: &str| Fault::Malformed(format!("Le champ {name} doit être positif"));
        let rows = usize::try_from(size)
            .ok()
            .filter(|rows| *rows > 0)
            .ok_or_else(|| malformed("nbResultatsParPage"))?;
        let before = usize::try_from(page)
            .ok()
            .and_then(|page| page.checked_sub(1))
            .ok_or_else(|| malformed("pageResultatDemandee"))?;
        let shown = PageShown {
            nb_resultats_par_page: small(rows),
            page_courante: small(before + 1),
            pages: small(all.len().div_ceil(rows)),
            total: small(all.len()),
        };
        let elements = all.into_iter().skip(before.saturating_mul(rows)).take(rows).collect();
        Ok((elements, shown))
    }
}

/// A number as the answers write it: 32 bits.
fn small(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
