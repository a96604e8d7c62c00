-- grain: person_id
-- reads: dim_person, int_bi_people
-- why: Who stands in dim_person, as they are shown there: whoever knows a fact about them may know this too.
select
    people.person_id, shown.person_key,
    concat_ws('|', coalesce(shown.age_band, '*'), coalesce(shown.sex, '*'), coalesce(shown.ethnic_group, '*'), coalesce(shown.postcode, '*'))
        as shown_as
from dim_person as shown
inner join int_bi_people as people on people.person_key = shown.person_key
