-- grain: person_id, reason, recorded_person_id
-- reads: config.withheld_people, int_cpis_sensitive_people, int_marked_patients, int_nhs_numbers,
--   int_people, int_same_people, int_unread_restrictions
-- why: every reason to restrict a person's record, on any record of the same person: the case store
--   restricts it, the health service calls it sensitive (also in answer to a CP-IS upload), the
--   council withholds it, or a row that cannot be read may restrict it. Each source of restrictions
--   is one branch here.
with restricted as (
    select person_id, 'restricted' as reason from int_people where coalesce(is_restricted, true)
    union
    select person_id, 'sensitive' from int_nhs_numbers where coalesce(is_sensitive, true)
    union
    select person_id, 'sensitive' from int_cpis_sensitive_people
    union
    select person_id, 'sensitive' from int_marked_patients where person_id is not null
    union
    select person_id, 'withheld_by_council' from config.withheld_people
    union
    select person_id, 'unreadable_restriction' from int_unread_restrictions
    where person_id is not null
),

final as (
    select person_id, reason, person_id as recorded_person_id, cast(null as varchar) as how
    from restricted
    union all
    select records.person_id, restricted.reason, restricted.person_id, records.how
    from restricted
    inner join int_same_people as records on records.other_person_id = restricted.person_id
)

select person_id, reason, recorded_person_id, how from final
