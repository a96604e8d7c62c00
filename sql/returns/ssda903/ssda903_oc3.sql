-- grain: collection_year, person_id
-- reads: int_ssda903_care_leavers
-- publishes to: returns/ssda903_oc3
-- why: How care leavers were found to live around the birthday of the collection year.
select
    collection_year, person_id, child, birth_date as dob, age, situation_on, in_touch, activ, accom,
    row_number() over (partition by collection_year order by person_id) as row_position
from int_ssda903_care_leavers
