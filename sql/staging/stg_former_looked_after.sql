-- grain: person_id, situation_on
-- reads: casestore.dm_former_looked_after
-- why: how a care leaver was found to live on a day: in touch, activity, accommodation
select
    person_id,
    cast(date_of_situation as date) as situation_on,
    upper(text_of(in_touch_type)) as in_touch_code,
    upper(text_of(activity_type)) as activity_code,
    upper(text_of(accomodation_type)) as accommodation_code,
    upper(text_of(accomodation_suitable)) as suitability_code
from casestore.dm_former_looked_after
