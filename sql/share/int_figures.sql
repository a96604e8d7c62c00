-- grain: figure, breakdown, category, measure
-- reads: config.small_numbers, int_figure_cells, previous.figures
-- why: Which numbers are hidden. First the small ones, and those that an earlier pack hid and that
--   have not moved: the pack of the newest snapshot before this one, of a week and of a month ago.
--   Then, in every line that adds up (a total and its parts), as many more as it takes that no
--   hidden number can be worked out: at least two that are not known from an earlier pack, and more
--   than two values that each could have. Zeros and totals are hidden last. All of this holds even
--   against who knows the exact numbers of what is shown; rounding, each number by itself and
--   totals too, comes on top.
with recursive rule as (
    select hidden_from, hidden_to, round_to from config.small_numbers
),

earlier as (
    select
        cells.figure, cells.breakdown, cells.category, cells.measure,
        bool_or(previous.is_hidden) as was_hidden,
        bool_or(not previous.is_hidden and previous.value = cells.value) as was_shown
    from int_figure_cells as cells
    cross join rule
    inner join previous.figures as previous
        on previous.figure = cells.figure
        and previous.breakdown = cells.breakdown
        and previous.category = cells.category
        and previous.measure = cells.measure
        and round(cells.value / cast(rule.round_to as double))
            = round(previous.value / cast(rule.round_to as double))
    where cells.is_about_people
    group by cells.figure, cells.breakdown, cells.category, cells.measure
),

cells as (
    select
        cells.figure, cells.breakdown, cells.category, cells.within, cells.measure, cells.part_of,
        cells.value, cells.is_about_people,
        row_number() over (order by cells.figure, cells.breakdown, cells.category, cells.measure)
            as cell,
        case
            when cells.is_about_people
                then cast(round(cells.value / cast(rule.round_to as double))
                as bigint) * rule.round_to
            else cells.value
        end as rounded,
        cells.is_about_people and cells.value between rule.hidden_from and rule.hidden_to
            as is_small,
        coalesce(earlier.was_hidden, false) as was_hidden,
        coalesce(earlier.was_shown, false) as was_shown
    from int_figure_cells as cells
    cross join rule
    left join earlier
        on earlier.figure = cells.figure
        and earlier.breakdown = cells.breakdown
        and earlier.category = cells.category
        and earlier.measure = cells.measure
),

totals as (
    select
        'categories of ' || whole.cell || ' by ' || part.breakdown as line, part.cell as part,
        whole.cell as whole
    from cells as part
    inner join cells as whole
        on whole.figure = part.figure and whole.category = part.within
            and whole.measure = part.measure
        and whole.breakdown <> part.breakdown
    where part.is_about_people
    union all
    select 'measures of ' || whole.cell as line, part.cell as part, whole.cell as whole
    from cells as part
    inner join cells as whole
        on whole.figure = part.figure and whole.breakdown = part.breakdown
        and whole.category = part.category and whole.measure = part.part_of
    where part.is_about_people
),

members as (
    select line, part as cell, false as is_total from totals
    union
    select line, whole, true from totals
),

rounds as (
    select
        0 as round_number, members.line, members.cell, members.is_total, cells.value,
        cells.was_shown as is_known,
        cells.is_small or cells.was_hidden as is_hidden,
        rule.hidden_from as least_hidden
    from members
    inner join cells on cells.cell = members.cell
    cross join rule
    union all
    select
        round_number + 1, line, cell, is_total, value, is_known,
        is_hidden or bool_or(is_next) over (partition by cell) as is_hidden,
        least_hidden
    from (
        select
            round_number, line, cell, is_total, value, is_known, is_hidden, least_hidden,
            is_exposed and not is_hidden and rank = 1 as is_next,
            bool_or(is_exposed and not is_hidden) over () as is_unfinished
        from (
            select
                round_number, line, cell, is_total, value, is_known, is_hidden, least_hidden,
                row_number() over (
                    partition by line, is_hidden order by is_known, value = 0, is_total, value, cell
                ) as rank,
                count(case when is_hidden and not is_known then 1 end) over (partition by line) = 1
                or (
                    bool_or(is_hidden and not is_known) over (partition by line)
                    and not bool_or(is_hidden and is_total) over (partition by line)
                    and coalesce(sum(case when is_hidden then 0
                        when is_total then value else -value end) over (partition by line), 0)
                    - least_hidden * count(case when is_hidden then 1 end)
                        over (partition by line) <= 1
                ) as is_exposed
            from rounds
        )
    )
    where is_unfinished
),

hidden as (
    select cell, bool_or(is_hidden) as is_hidden
    from rounds
    group by cell
)

select
    cells.figure, cells.breakdown, cells.category, cells.within, cells.measure, cells.part_of,
    cells.value, cells.rounded, cells.is_about_people,
    coalesce(hidden.is_hidden, cells.is_small or cells.was_hidden) as is_hidden
from cells
left join hidden on hidden.cell = cells.cell
