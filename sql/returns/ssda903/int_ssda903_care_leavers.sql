-- grain: collection_year, person_id
-- reads: casestore.dm_persons, config.return_periods, config.ssda903_codes, int_ssda903_ceased_reasons, int_ssda903_spans,
--   stg_former_looked_after, stg_people
-- why: Young people who turned 17 to 21 in the collection year after leaving care: looked after for 13 weeks since 14 and at some
--   time since 16, short breaks aside, not adopted, dead or
--   another authority's by now; at 17 and 18 only if care had ended before the birthday. How they live is what was found
--   nearest to the birthday, from three months before it to one after.
with people as (
    select person_id, cast(birth_at as date) as birth_date
    from stg_people
    where birth_at is not null
),

cared as (
    select
        spans.person_id, max(coalesce(spans.ended_on, date '9999-12-31')) as last_ended_on,
        sum(greatest(0, date_diff('day', greatest(spans.started_on, cast(people.birth_date + interval '14' year as date)),
            coalesce(spans.ended_on, current_periods.as_at)))) as days_since_14,
        sum(greatest(0, date_diff('day', greatest(spans.started_on, cast(people.birth_date + interval '16' year as date)),
            coalesce(spans.ended_on, current_periods.as_at)))) as days_since_16,
        bool_or(ceased.rec in ('E11', 'E12'))
        or max_by(coalesce(ceased.rec, ''), spans.started_on) in ('E2', 'E3') as is_left_out
    from int_ssda903_spans as spans
    inner join people on people.person_id = spans.person_id
    inner join int_ssda903_ceased_reasons as ceased on ceased.period_of_care_id = spans.period_of_care_id and ceased.span = spans.span
    cross join (select max(as_at) as as_at from config.return_periods where return_name = '903') as current_periods
    left join config.ssda903_codes as short on short.field = 'short_break' and short.code = spans.legal_status
    where short.code is null
    group by spans.person_id
),

turned as (
    select
        periods.year as collection_year, people.person_id, people.birth_date, ages.age,
        cast(people.birth_date + ages.age * interval '1' year as date) as birthday
    from people
    inner join cared on cared.person_id = people.person_id
    cross join (values (17), (18), (19), (20), (21)) as ages (age)
    inner join config.return_periods as periods
        on periods.return_name = '903'
        and cast(people.birth_date + ages.age * interval '1' year as date) between periods.starts_on and periods.as_at
    where cared.days_since_14 >= 91 and cared.days_since_16 >= 1 and not coalesce(cared.is_left_out, false)
        and (cared.last_ended_on < cast(people.birth_date + ages.age * interval '1' year as date) or ages.age > 18 and cared.last_ended_on <= cast(people.birth_date + ages.age * interval '1' year as date))
),

found as (
    select
        turned.*, situations.in_touch_code, situations.activity_code, situations.accommodation_code, situations.suitability_code,
        situations.situation_on,
        row_number() over (
            partition by turned.collection_year, turned.person_id
            order by abs(date_diff('day', situations.situation_on, turned.birthday)) nulls last, situations.situation_on
        ) as place
    from turned
    left join stg_former_looked_after as situations
        on situations.person_id = turned.person_id
        and situations.situation_on between cast(turned.birthday - interval '3' month as date) and cast(turned.birthday + interval '1' month as date)
)

select
    found.collection_year, found.person_id,
    coalesce(text_of(people.ssda903_id), cast(found.person_id as varchar)) as child,
    found.birth_date, found.age, found.situation_on, found.in_touch_code as in_touch, found.activity_code as activ,
    case
        when found.accommodation_code = '0' then '0'
        else found.accommodation_code || case found.suitability_code when 'Y' then '1' when 'N' then '2' else '' end
    end as accom
from found
inner join casestore.dm_persons as people on people.person_id = found.person_id
where found.place = 1
