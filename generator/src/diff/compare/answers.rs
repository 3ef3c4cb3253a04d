//! What is different in what a tool answers.

use super::super::places::Part;
use super::super::surface::{Inside, Tool};
use super::schemas::Nodes;
use super::{Class, Compare, Found, Which};
use crate::model::told_answer;
use crate::normalise::{Encoding, encoding};
use crate::read::tools_spec::{Format, ResponseSpec};

impl Compare<'_> {
    pub(super) fn answers(&mut self, old: &Tool, new: &Tool, before: &Inside, now: &Inside) {
        let name = &new.name;
        self.media_types(name, before, now);
        self.delivery(old, new, &before.response, &now.response);
        match (&before.answer, &now.answer) {
            (Some(one), Some(another)) => {
                let files = [self.old.files(), self.new.files()];
                let same_shape = is_shaped_alike(&before.response, &now.response);
                if same_shape && self.untouched.is(files, [one, another]) {
                    return;
                }
                let (Some(was), Some(is)) = (self.old.schemas(), self.new.schemas()) else {
                    return;
                };
                let was = told_answer(one, &before.response, was);
                let is = told_answer(another, &now.response, is);
                Nodes::new(self, old, new, Part::Output).compare(&was, &is);
            }
            (Some(_), None) => {
                let message = "the document no longer says what the result is";
                let found = Found::new("result_widened", Class::Breaking, "result", message);
                self.push(name, found, Which::New, &now.at);
            }
            (None, Some(at)) => {
                let message = "the document says what the result is now";
                let found = Found::new("result_narrowed", Class::Compatible, "result", message);
                self.push(name, found, Which::New, at);
            }
            (None, None) => {}
        }
    }

    /// What an answer is made of: JSON, text, bytes. Of JSON, one media type is as good as another.
    fn media_types(&mut self, tool: &str, before: &Inside, now: &Inside) {
        let known: Vec<Encoding> = before.media_types.iter().map(|one| encoding(one)).collect();
        let any = before.media_types.iter().any(|one| one.contains('*'));
        let is_new = |one: &&String| !one.contains('*') && !known.contains(&encoding(one));
        let new: Vec<&str> = now
            .media_types
            .iter()
            .filter(is_new)
            .map(String::as_str)
            .collect();
        if !new.is_empty() && !known.is_empty() && !any {
            let message = format!(
                "it may answer with {} now, and answered with {}",
                new.join(" or "),
                before.media_types.join(" or ")
            );
            let found = Found::new("result_retyped", Class::Breaking, "result", message);
            self.push(tool, found, Which::New, &now.at);
        }
    }

    /// How the result is written, and what of its lists there is.
    fn delivery(&mut self, old: &Tool, new: &Tool, before: &ResponseSpec, now: &ResponseSpec) {
        let found =
            |class, message: String| Found::new("result_reshaped", class, "result", message);
        let at = [
            self.old.member(old, "response"),
            self.new.member(new, "response"),
        ];
        if before.format != now.format {
            let message = match now.format {
                Format::Table => "lists in the result are written as tables, and were JSON",
                Format::Json => "the result is JSON, and its lists were written as tables",
            };
            let found = found(Class::Breaking, message.to_owned());
            self.push(&new.name, found, Which::New, &at[1]);
        }
        let (was, is) = (cuts(before), cuts(now));
        for cut in is.iter().filter(|cut| !was.contains(cut)) {
            let found = found(
                Class::Breaking,
                format!("of the result there is only {cut}"),
            );
            self.push(&new.name, found, Which::New, &at[1]);
        }
        for cut in was.iter().filter(|cut| !is.contains(cut)) {
            let message = format!("of the result there is no longer only {cut}");
            let found = found(Class::Compatible, message);
            self.push(&new.name, found, Which::Old, &at[0]);
        }
    }
}

/// What of lists an agent does not get.
fn cuts(response: &ResponseSpec) -> Vec<String> {
    let cuts = [("last", &response.tail), ("first", &response.head)];
    let cuts = cuts.into_iter().filter_map(|(which, cut)| {
        let cut = cut.as_ref()?;
        let arrays = cut.arrays.join(", ");
        Some(format!("the {which} `{}` items of {arrays}", cut.by))
    });
    cuts.collect()
}

/// Whether the same of an answer reaches the agent.
fn is_shaped_alike(one: &ResponseSpec, another: &ResponseSpec) -> bool {
    one.select == another.select && one.omit == another.omit && one.drop_nulls == another.drop_nulls
}
