-- grain: person_id, position
-- reads: config.settings, int_nhs_numbers, int_number_claims, int_number_reviews,
--   earlier.nhs_number_decisions
-- publishes to: audit/nhs_number_decisions
-- why: Every decision about each person's NHS number, the first and each that differs from the one
--   before it. Rows are only ever added: what the last snapshot knew, and what this run has decided
--   otherwise.
with previous as (
    select
        person_id, position, decided_at, nhs_number, status, standing, method, reason, evidence,
        replaced_nhs_number, conflicting_nhs_numbers, decided_by
    from earlier.nhs_number_decisions
),

latest as (
    select
        person_id, position, nhs_number, status, standing, method, reason, evidence,
        conflicting_nhs_numbers,
        row_number() over (partition by person_id order by position desc) as rank
    from previous
),

-- of a number in conflict, every number that the person holds or was given
claims as (
    select person_id, joined(array_agg(nhs_number order by nhs_number), ' ') as nhs_numbers
    from int_number_claims
    group by person_id
),

accepted as (
    select person_id, decided_by from int_number_reviews where is_accepted
),

decided as (
    select
        numbers.person_id,
        numbers.nhs_number,
        numbers.status,
        numbers.standing,
        numbers.method,
        numbers.reason,
        numbers.evidence,
        numbers.replaced_nhs_number,
        case when numbers.standing = 'conflict' then claims.nhs_numbers end
            as conflicting_nhs_numbers,
        case when numbers.method = 'reviewed' then accepted.decided_by end as decided_by
    from int_nhs_numbers as numbers
    left join claims on claims.person_id = numbers.person_id
    left join accepted on accepted.person_id = numbers.person_id
),

changed as (
    select
        decided.person_id,
        coalesce(latest.position, 0) + 1 as position,
        settings.as_at as decided_at,
        decided.nhs_number,
        decided.status,
        decided.standing,
        decided.method,
        decided.reason,
        decided.evidence,
        coalesce(
            decided.replaced_nhs_number,
            case when latest.nhs_number <> decided.nhs_number or decided.nhs_number is null
                then latest.nhs_number end
        ) as replaced_nhs_number,
        decided.conflicting_nhs_numbers,
        decided.decided_by
    from decided
    cross join config.settings as settings
    left join latest on latest.person_id = decided.person_id and latest.rank = 1
    where latest.person_id is null
        or row(
            decided.nhs_number, decided.status, decided.standing, decided.method, decided.reason,
            decided.evidence, decided.conflicting_nhs_numbers
        ) is distinct from row(
            latest.nhs_number, latest.status, latest.standing, latest.method, latest.reason,
            latest.evidence, latest.conflicting_nhs_numbers
        )
),

final as (
    select
        person_id, position, decided_at, nhs_number, status, standing, method, reason, evidence,
        replaced_nhs_number, conflicting_nhs_numbers, decided_by
    from previous
    union all
    select
        person_id, position, decided_at, nhs_number, status, standing, method, reason, evidence,
        replaced_nhs_number, conflicting_nhs_numbers, decided_by
    from changed
)

select
    person_id, cast(position as bigint) as position, decided_at, nhs_number, status, standing,
    method, reason, evidence, replaced_nhs_number, conflicting_nhs_numbers, decided_by
from final
