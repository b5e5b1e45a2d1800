//! What became of the rows of tables, for people: counts with a few examples, or every row.

use std::fmt;

use crate::config::source::told::Became;
use crate::config::source::told::ColumnTold;
use crate::config::source::told::Counts;
use crate::config::source::told::RowTold;
use crate::config::source::told::SourceTold;
use crate::config::source::told::TableTold;
use crate::language::tr;
use crate::render::style::Colour;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::words::count;
use crate::render::words::harmless;
use crate::render::words::thousands;

/// How many rows of a kind are given as examples.
const EXAMPLES: usize = 3;

/// How many reasons, and how many columns, are listed.
const LISTED: usize = 20;

/// The longest text of a fault in a line, in characters.
const LONG: usize = 160;

/// Writes what became of the rows of each table; with `each`, a line for each row.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    told: &[SourceTold],
    each: bool,
    colour: Colour,
) -> fmt::Result {
    if told.is_empty() {
        return writeln!(out, "{}", tr!("No table under `sources` was read"));
    }
    for (index, source) in told.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let title = tr!(
            "{table}, with {template}",
            table = table(&source.table),
            template = source.template
        );
        writeln!(out, "{}", colour.paint(STRONG, &harmless(&title)))?;
        counts(out, source, colour)?;
        columns(out, source)?;
        for join in &source.joins {
            let matched = count(join.matched, "row");
            let text = tr!(
                "joined as `{alias}`: {table}: {matched} found one of {keys}, {missing} found none; {unused} of these keys are in no row",
                alias = join.alias,
                table = table(&join.table),
                matched,
                keys = count(join.keys, "key"),
                missing = thousands(join.missing),
                unused = thousands(join.keys - join.used)
            );
            writeln!(out, "  {}", harmless(&text))?;
        }
        if each {
            for row in source.rows.iter().flatten() {
                writeln!(out, "  {}", harmless(&line(row)))?;
            }
        }
    }
    Ok(())
}

/// A table and how it was read.
fn table(told: &TableTold) -> String {
    if let Some(sheet) = &told.sheet {
        return tr!("{path} (sheet `{sheet}`)", path = told.path, sheet);
    }
    let delimiter = match told.delimiter {
        '\t' => tr!("tabulators"),
        other => format!("`{other}`"),
    };
    tr!(
        "{path} ({encoding}, {delimiter} between cells)",
        path = told.path,
        encoding = told.encoding,
        delimiter
    )
}

fn counts(out: &mut dyn fmt::Write, source: &SourceTold, colour: Colour) -> fmt::Result {
    let Counts { rows, taken, entities, empty, left_out, excluded, duplicates, faulty, not_tried } =
        &source.counts;
    writeln!(
        out,
        "  {}",
        tr!(
            "{rows}: {taken} became {entities}",
            rows = count(*rows, "row"),
            taken = thousands(*taken),
            entities = count(*entities, "entity")
        )
    )?;
    let mut kind = |number: &usize, what: String, is: fn(&Became) -> bool| {
        if *number == 0 {
            return Ok(());
        }
        writeln!(out, "  {} {what}{}", thousands(*number), examples(source, is))
    };
    kind(left_out, tr!("rows" => "left out by `where`"), |became| {
        matches!(became, Became::LeftOut)
    })?;
    kind(empty, tr!("rows" => "empty"), |became| matches!(became, Became::Empty))?;
    kind(duplicates, tr!("rows" => "repeat another row"), |became| {
        matches!(became, Became::Duplicate(_))
    })?;
    kind(excluded, tr!("rows" => "excluded"), |became| matches!(became, Became::Excluded(_)))?;
    kind(not_tried, tr!("rows" => "not tried after the faults of others"), |became| {
        matches!(became, Became::NotTried)
    })?;
    for (reason, number) in source.reasons.iter().take(LISTED) {
        writeln!(out, "    {}", tr!("{}: {}", thousands(*number), harmless(reason)))?;
    }
    if source.reasons.len() > LISTED {
        writeln!(
            out,
            "    {}",
            tr!("and {} more reasons", thousands(source.reasons.len() - LISTED))
        )?;
    }
    if *faulty > 0 {
        let text = tr!("{} faulty", thousands(*faulty));
        writeln!(out, "  {}", colour.paint(RED, &text))?;
        let faults = source.rows.iter().flatten().filter_map(|row| match &row.became {
            Became::Faulty(why) => Some((row.line, why)),
            _ => None,
        });
        for (line, why) in faults.take(EXAMPLES) {
            writeln!(out, "    {}", tr!("line {line}: {why}", line, why = short(&harmless(why))))?;
        }
        if *faulty > EXAMPLES {
            let more = thousands(faulty - EXAMPLES);
            writeln!(
                out,
                "    {}",
                tr!("and {more} more; `raccord validate` shows each at its place", more)
            )?;
        }
    }
    Ok(())
}

/// A few lines of rows of one kind.
fn examples(source: &SourceTold, is: fn(&Became) -> bool) -> String {
    let rows = source.rows.iter().flatten().filter(|row| is(&row.became));
    let lines: Vec<String> = rows.take(EXAMPLES).map(|row| row.line.to_string()).collect();
    match lines.as_slice() {
        [] => String::new(),
        [one] => tr!(", line {one}", one),
        several => tr!(", for example lines {}", several.join(", ")),
    }
}

fn columns(out: &mut dyn fmt::Write, source: &SourceTold) -> fmt::Result {
    let named = |column: &ColumnTold| match &column.name {
        Some(name) => tr!("`{header}` as `{name}`", header = column.header, name),
        None => format!("`{}`", column.header),
    };
    let list = |used: bool| {
        let all: Vec<_> = source.columns.iter().filter(|column| column.used == used).collect();
        let shown: Vec<String> = all.iter().take(LISTED).map(|column| named(column)).collect();
        let more = all.len() - shown.len();
        let more = if more > 0 { tr!(" and {more} more", more) } else { String::new() };
        (!all.is_empty()).then(|| shown.join(", ") + &more)
    };
    if let Some(list) = list(true) {
        writeln!(out, "  {}", tr!("columns used: {}", harmless(&list)))?;
    }
    if let Some(list) = list(false) {
        writeln!(out, "  {}", tr!("columns not used: {}", harmless(&list)))?;
    }
    Ok(())
}

/// One row: its line, its key, what it became and why.
fn line(row: &RowTold) -> String {
    let key = row.key.as_deref().unwrap_or("-");
    let became = match &row.became {
        Became::Entities(names) => names.join(", "),
        Became::Empty => tr!("row" => "empty"),
        Became::LeftOut => tr!("row" => "left out by `where`"),
        Became::Excluded(reason) => tr!("excluded: {}", reason),
        Became::Duplicate(line) => tr!("repeats line {line}", line),
        Became::Faulty(why) => tr!("faulty: {}", why),
        Became::NotTried => tr!("row" => "not tried"),
    };
    let line = tr!("line {}", format!("{:>6}", row.line));
    format!("{line}  {key}  {became}")
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONG {
        return text.to_owned();
    }
    text.chars().take(LONG).chain(['…']).collect()
}
