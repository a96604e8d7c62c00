-- grain: person_id
-- reads: int_bi_people
-- materialized: view
-- why: Every person of the case store, as coarse as the agreement says.
select
    person_id, age_band, age_group, sex, ethnic_group, postcode, postcode_area,
    cast(null as varchar) as excluded_as
from int_bi_people
