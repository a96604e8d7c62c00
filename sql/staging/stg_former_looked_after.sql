-- grain: person_id, situation_on
-- reads: casestore.dm_former_looked_after
-- why: how a care leaver was found to live on a day: in touch, activity, accommodation; of several
--   of a day, the last
select person_id, situation_on, in_touch_code, activity_code, accommodation_code, suitability_code
from (
    select
        person_id,
        cast(date_of_situation as date) as situation_on,
        upper(text_of(in_touch_type)) as in_touch_code,
        upper(text_of(activity_type)) as activity_code,
        upper(text_of(accomodation_type)) as accommodation_code,
        upper(text_of(accomodation_suitable)) as suitability_code,
        row_number() over (
            partition by person_id, cast(date_of_situation as date)
            order by
                date_of_situation desc, in_touch_type nulls last, activity_type nulls last,
                accomodation_type nulls last, accomodation_suitable nulls last
        ) as rank
    from casestore.dm_former_looked_after
) as found
where rank = 1
