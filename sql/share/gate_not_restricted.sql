-- grain: person_id
-- reads: int_people, int_restrictions
-- why: Gate 4. A record is shared only if nothing restricts it (int_restrictions). Contacts of
--   other people pass the same gate. A reason on the person's own record comes first.
with placed as (
    select
        person_id,
        reason,
        recorded_person_id,
        how,
        row_number() over (
            partition by person_id
            order by
                case when recorded_person_id = person_id then 0 else 1 end,
                case reason when 'restricted' then 1 when 'sensitive' then 2
                    when 'withheld_by_council' then 3 else 4 end,
                reason, recorded_person_id
        ) as place
    from int_restrictions
),

final as (
    select
        people.person_id,
        coalesce(placed.reason, 'not_restricted') as reason,
        case
            when placed.recorded_person_id <> people.person_id
            then 'on record ' || cast(placed.recorded_person_id as varchar) || ' (' || placed.how
                || ')'
        end as evidence
    from int_people as people
    left join placed on placed.person_id = people.person_id and placed.place = 1
)

select person_id, reason = 'not_restricted' as is_open, reason, evidence
from final
