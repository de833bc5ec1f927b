//! Runs contenders in turn and prints a table of their medians.

use cpu_time::ThreadTime;

pub(crate) const ROUNDS: usize = 41;

/// One row of the table.
pub(crate) struct Contender<'a> {
    name: &'static str,
    /// The row that its time is divided by.
    limit: usize,
    calls: usize,
    run: Box<dyn FnMut() + 'a>,
    nanoseconds: Vec<f64>,
}

pub(crate) fn contender<'a>(
    name: &'static str,
    limit: usize,
    calls: usize,
    run: impl FnMut() + 'a,
) -> Contender<'a> {
    Contender {
        name,
        limit,
        calls,
        run: Box::new(run),
        nanoseconds: Vec::new(),
    }
}

pub(crate) fn measure(contenders: &mut [Contender<'_>]) {
    for _ in 0..ROUNDS {
        for contender in &mut *contenders {
            let start = ThreadTime::now();
            for _ in 0..contender.calls {
                (contender.run)();
            }
            let taken = start.elapsed().as_secs_f64() * 1e9;
            contender
                .nanoseconds
                .push(taken / f64::from(u32::try_from(contender.calls).unwrap_or(1)));
        }
    }
}

/// Prints the table. Returns the medians in the order of the rows, in nanoseconds.
pub(crate) fn show(contenders: &mut [Contender<'_>]) -> Vec<f64> {
    println!("medians of {ROUNDS} rounds, CPU time\n");
    println!("| | ns | ratio | allocations |\n| --- | ---: | ---: | ---: |");
    let medians: Vec<f64> = contenders
        .iter_mut()
        .map(|contender| median(&mut contender.nanoseconds))
        .collect();
    for (contender, median) in contenders.iter_mut().zip(&medians) {
        let allocations = allocation_counter::measure(|| (contender.run)()).count_total;
        let ratio = median / medians[contender.limit];
        println!(
            "| {} | {median:.0} | {ratio:.4} | {allocations} |",
            contender.name
        );
    }
    medians
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
