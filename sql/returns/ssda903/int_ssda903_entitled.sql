-- grain: person_id
-- reads: config.return_periods, config.ssda903_codes, int_ssda903_ceased_reasons,
--   int_ssda903_spans, stg_people
-- why: To whom the council owes support once they leave care: looked after for 13 weeks since 14
--   and at some time since 16, short breaks aside, not adopted, dead or another authority's by now.
--   last_ended_on is the last day of care, of the year 9999 for who is in care still.
with people as (
    select person_id, cast(birth_at as date) as birth_date
    from stg_people
    where birth_at is not null
),

cared as (
    select
        spans.person_id, people.birth_date,
        max(coalesce(spans.ended_on, date '9999-12-31')) as last_ended_on,
        sum(greatest(0, date_diff('day',
            greatest(spans.started_on, cast(people.birth_date + interval '14' year as date)),
            coalesce(spans.ended_on, current_periods.as_at)))) as days_since_14,
        sum(greatest(0, date_diff('day',
            greatest(spans.started_on, cast(people.birth_date + interval '16' year as date)),
            coalesce(spans.ended_on, current_periods.as_at)))) as days_since_16,
        bool_or(ceased.rec in ('E11', 'E12'))
        or max_by(coalesce(ceased.rec, ''), spans.started_on) in ('E2', 'E3') as is_left_out
    from int_ssda903_spans as spans
    inner join people on people.person_id = spans.person_id
    inner join int_ssda903_ceased_reasons as ceased
        on ceased.period_of_care_id = spans.period_of_care_id and ceased.span = spans.span
    cross join (select max(as_at) as as_at from config.return_periods where return_name = '903')
        as current_periods
    left join config.ssda903_codes as short
        on short.field = 'short_break' and short.code = spans.legal_status
    where short.code is null
    group by spans.person_id, people.birth_date
)

select person_id, birth_date, last_ended_on
from cared
where days_since_14 >= 91 and days_since_16 >= 1 and not coalesce(is_left_out, false)
