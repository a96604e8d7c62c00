-- grain: person_id
-- reads: config.withheld_people, int_cpis_sensitive_people, int_nhs_numbers, int_people
-- why: Gate 4. Nobody's record is shared that the case store restricts, that the health service marks as sensitive
--   (also in answer to a CP-IS upload), or that the council has told this program to withhold. Contacts of other people are held to the same gate.
with final as (
    select
        people.person_id,
        case
            when coalesce(people.is_restricted, true) then 'restricted'
            when coalesce(numbers.is_sensitive, true) then 'sensitive'
            when people.person_id in (select person_id from int_cpis_sensitive_people) then 'sensitive'
            when people.person_id in (select person_id from config.withheld_people) then 'withheld_by_council'
            else 'not_restricted'
        end as reason
    from int_people as people
    left join int_nhs_numbers as numbers on numbers.person_id = people.person_id
)

select person_id, reason = 'not_restricted' as is_open, reason
from final
