-- grain: period_on
-- reads: int_bi_terms
-- publishes to: bi/dim_date
-- why: The periods that dates are coarsened to, each by its first day: the days that facts may
--   show.
with periods as (
    select
        terms.dates,
        terms.whole_until,
        cast(
            -- from the start of the first year: facts also show quarters and years
            date_trunc('year', terms.history_from)
            + numbers.n * case terms.dates when 'month' then interval '1' month
                when 'quarter' then interval '3' month else interval '1' year end
            as date
        ) as period_on
    from int_bi_terms as terms
    cross join unnest(numbers_below(1200)) as numbers (n)
)

select
    period_on,
    dates as period,
    cast(year(period_on) as integer) as year,
    case when dates <> 'year' then cast(quarter(period_on) as integer) end as quarter,
    case when dates = 'month' then cast(month(period_on) as integer) end as month,
    -- April to March; a calendar year lies in two
    case
        when dates = 'year' then null
        when month(period_on) >= 4
            then cast(year(period_on) as varchar) || '-'
            || substr(cast(year(period_on) + 1 as varchar), 3)
        else cast(year(period_on) - 1 as varchar) || '-'
            || substr(cast(year(period_on) as varchar), 3)
    end as financial_year
from periods
where period_on < whole_until
