-- grain: collection_year, person_id
-- reads: casestore.dm_persons, config.return_periods, int_ssda903_entitled, stg_former_looked_after
-- why: Young people owed support after care who turned 17 to 21 in the collection year after
--   leaving it; at 17 and 18 only if care had ended before the birthday. How they live is what was
--   found nearest to the birthday, from three months before it to one after.
with turned as (
    select
        periods.year as collection_year, entitled.person_id, entitled.birth_date, ages.age,
        cast(entitled.birth_date + ages.age * interval '1' year as date) as birthday
    from int_ssda903_entitled as entitled
    cross join (values (17), (18), (19), (20), (21)) as ages (age)
    inner join config.return_periods as periods
        on periods.return_name = '903'
        and cast(entitled.birth_date
            + ages.age * interval '1' year as date) between periods.starts_on and periods.as_at
    where entitled.last_ended_on < cast(entitled.birth_date + ages.age * interval '1' year as date)
        or ages.age > 18 and entitled.last_ended_on
            = cast(entitled.birth_date + ages.age * interval '1' year as date)
),

found as (
    select
        turned.*, situations.in_touch_code, situations.activity_code, situations.accommodation_code,
        situations.suitability_code, situations.situation_on,
        row_number() over (
            partition by turned.collection_year, turned.person_id
            order by abs(date_diff('day', situations.situation_on, turned.birthday)) nulls last,
                situations.situation_on
        ) as place
    from turned
    left join stg_former_looked_after as situations
        on situations.person_id = turned.person_id
        and situations.situation_on between cast(turned.birthday
            - interval '3' month as date) and cast(turned.birthday + interval '1' month as date)
)

select
    found.collection_year, found.person_id,
    coalesce(text_of(people.ssda903_id), cast(found.person_id as varchar)) as child,
    found.birth_date, found.age, found.situation_on, found.in_touch_code as in_touch,
    found.activity_code as activ,
    case
        when found.accommodation_code = '0' then '0'
        else found.accommodation_code
            || case found.suitability_code when 'Y' then '1' when 'N' then '2' else '' end
    end as accom
from found
inner join casestore.dm_persons as people on people.person_id = found.person_id
where found.place = 1
