//! A rule as requests and answers hold it.

use std::collections::BTreeMap;

use ktrdr_mcp::models::{BacktestRule, RuleIndicator, RuleKind};
use serde_json::{Map, Value};

use crate::contract::Problem;
use crate::ktrdr::backtests::rule::{Chosen, Limits, Rule};
use crate::ktrdr::faults;
use crate::ktrdr::indicators::{self, INDICATORS, Indicator};
use crate::ktrdr::kinds::AverageKind;

/// The rule that a request describes. Every problem of it is told.
pub(crate) fn read(rule: &BacktestRule) -> Result<Rule, Vec<Problem>> {
    let mut problems = strangers(rule);
    let read = match rule.kind {
        RuleKind::BuyAndHold => Some(Rule::BuyAndHold),
        RuleKind::Crossover => crossover(rule, &mut problems),
        RuleKind::Threshold => threshold(rule, &mut problems),
    };
    match read {
        Some(read) if problems.is_empty() => Ok(read),
        _ => Err(problems),
    }
}

fn problem(name: &str, message: &str, kind: &str) -> Problem {
    Problem::new(["body", "rule", name], message, kind)
}

/// Properties that belong to another kind of rule.
fn strangers(rule: &BacktestRule) -> Vec<Problem> {
    let (crossover, threshold) = (RuleKind::Crossover, RuleKind::Threshold);
    [
        ("fast", rule.fast.is_some(), crossover),
        ("slow", rule.slow.is_some(), crossover),
        ("average", rule.average.is_some(), crossover),
        ("indicator", rule.indicator.is_some(), threshold),
        ("enter_below", rule.enter_below.is_some(), threshold),
        ("enter_above", rule.enter_above.is_some(), threshold),
        ("exit_below", rule.exit_below.is_some(), threshold),
        ("exit_above", rule.exit_above.is_some(), threshold),
    ]
    .into_iter()
    .filter(|(_, given, of)| *given && *of != rule.kind)
    .map(|(name, _, of)| {
        let message = format!(
            "Leave it out: a {} rule has none, only a {} rule",
            rule.kind.as_str(),
            of.as_str()
        );
        problem(name, &message, "extra_forbidden")
    })
    .collect()
}

fn crossover(rule: &BacktestRule, problems: &mut Vec<Problem>) -> Option<Rule> {
    let mut size = |name, value: Option<i64>| {
        if value.is_none() {
            problems.push(problem(name, "A crossover rule needs it", "missing"));
        }
        usize::try_from(value?).ok()
    };
    let (fast, slow) = (size("fast", rule.fast), size("slow", rule.slow));
    let (fast, slow) = fast.zip(slow)?;
    if fast >= slow {
        let message = format!("It has to be more than fast, {fast}");
        problems.push(problem("slow", &message, "greater_than"));
    }
    Some(Rule::Crossover {
        fast,
        slow,
        average: rule.average.unwrap_or(AverageKind::Sma),
    })
}

fn threshold(rule: &BacktestRule, problems: &mut Vec<Problem>) -> Option<Rule> {
    let enter = Limits {
        below: rule.enter_below,
        above: rule.enter_above,
    };
    let exit = Limits {
        below: rule.exit_below,
        above: rule.exit_above,
    };
    for (limits, names) in [
        (enter, ["enter_below", "enter_above"]),
        (exit, ["exit_below", "exit_above"]),
    ] {
        if limits.is_empty() {
            let message = format!("A threshold rule needs it, or {}", names[1]);
            problems.push(problem(names[0], &message, "missing"));
        }
    }
    let Some(given) = &rule.indicator else {
        problems.push(problem("indicator", "A threshold rule needs it", "missing"));
        return None;
    };
    Some(Rule::Threshold {
        indicator: chosen(given, problems)?,
        enter,
        exit,
    })
}

fn chosen(given: &RuleIndicator, problems: &mut Vec<Problem>) -> Option<Chosen> {
    let mut wrong = |inner: &[&str], message: &str, kind: &str| {
        let mut problem = problem("indicator", message, kind);
        problem.loc.extend(inner.iter().copied().map(Value::from));
        problems.push(problem);
    };
    let Some(indicator) = indicators::find(&given.name) else {
        let known = INDICATORS.each_ref().map(|indicator| indicator.name);
        let message = format!(
            "There is no indicator {}. {}",
            faults::short(&given.name),
            faults::instead(&given.name, &known)
        );
        wrong(&["name"], &message, "enum");
        return None;
    };
    let output = given.output.as_deref();
    if indicator.output(output).is_none() {
        let known: Vec<&str> = indicator.outputs.iter().map(|output| output.name).collect();
        let message = format!("Outputs of {} are: {}", indicator.name, known.join(", "));
        wrong(&["output"], &message, "enum");
    }
    let parameters: Map<String, Value> = given
        .parameters
        .iter()
        .flatten()
        .map(|(name, value)| (name.clone(), (*value).into()))
        .collect();
    for (name, message) in unfit(indicator, &parameters) {
        wrong(&["parameters", &name], &message, "value_error");
    }
    let parameters = indicator.parameters(&parameters);
    if let Some((name, message)) = indicator.disorder(&parameters) {
        wrong(&["parameters", name], &message, "value_error");
    }
    Some(Chosen {
        name: given.name.clone(),
        parameters,
        output: given.output.clone(),
    })
}

/// Parameters that the indicator does not have, or not with this value.
fn unfit(indicator: &Indicator, given: &Map<String, Value>) -> Vec<(String, String)> {
    let known: Vec<&str> = indicator.parameters.iter().map(|one| one.name).collect();
    let judge = |(name, value): (&String, &Value)| {
        let Some(parameter) = indicator.parameters.iter().find(|one| one.name == name) else {
            let name = (
                name.clone(),
                format!(
                    "{} has no such parameter. {}",
                    indicator.name,
                    faults::instead(name, &known)
                ),
            );
            return Some(name);
        };
        let number = value.as_f64()?;
        let fits = (parameter.minimum..=parameter.maximum).contains(&number)
            && (!parameter.whole || number.fract() == 0.0);
        (!fits).then(|| {
            let kind = if parameter.whole {
                "whole number"
            } else {
                "number"
            };
            let message = format!(
                "It has to be a {kind} from {} to {}",
                parameter.minimum, parameter.maximum
            );
            (name.clone(), message)
        })
    };
    given.iter().filter_map(judge).collect()
}

/// A rule for an answer.
pub(crate) fn write(rule: &Rule) -> BacktestRule {
    let empty = BacktestRule {
        kind: RuleKind::BuyAndHold,
        fast: None,
        slow: None,
        average: None,
        indicator: None,
        enter_below: None,
        enter_above: None,
        exit_below: None,
        exit_above: None,
    };
    match rule {
        Rule::BuyAndHold => empty,
        Rule::Crossover {
            fast,
            slow,
            average,
        } => BacktestRule {
            kind: RuleKind::Crossover,
            fast: Some(*fast as i64),
            slow: Some(*slow as i64),
            average: Some(*average),
            ..empty
        },
        Rule::Threshold {
            indicator,
            enter,
            exit,
        } => BacktestRule {
            kind: RuleKind::Threshold,
            indicator: Some(RuleIndicator {
                name: indicator.name.clone(),
                parameters: Some(numbers(indicator.parameters.values())),
                output: indicator.output.clone(),
            }),
            enter_below: enter.below,
            enter_above: enter.above,
            exit_below: exit.below,
            exit_above: exit.above,
            ..empty
        },
    }
}

fn numbers(values: &Map<String, Value>) -> BTreeMap<String, f64> {
    let number = |(name, value): (&String, &Value)| Some((name.clone(), value.as_f64()?));
    values.iter().filter_map(number).collect()
}
