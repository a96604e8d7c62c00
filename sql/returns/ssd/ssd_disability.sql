-- grain: disa_table_id
-- reads: ssd_person, stg_disabilities
-- publishes to: returns/ssd_disability
-- why: The disabilities of those in ssd_person
select
    disabilities.person_id as disa_person_id,
    disabilities.disability_id as disa_table_id,
    disabilities.disability as disa_disability_code
from stg_disabilities as disabilities
inner join ssd_person as people on people.pers_person_id = disabilities.person_id
