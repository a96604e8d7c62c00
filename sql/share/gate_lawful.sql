-- grain: person_id, dataset
-- reads: config.agreement_bases, gate_in_agreement, gate_in_episode, int_scope
-- materialized: view
-- why: Gate 5. At least one legal basis that the agreement gives for the dataset holds for this
--   person: the duty to share about adults in care (Health and Social Care Act 2012 s251B),
--   safeguarding, or another statute.
with people as (
    select scope.person_id, scope.is_adult, scope.has_safeguarding_episode
    from int_scope as scope
    inner join gate_in_episode as episode on episode.person_id = scope.person_id and episode.is_open
),

bases as (
    select
        agreement.dataset,
        coalesce(bool_or(bases.basis = 'adult_care_duty'), false) as is_by_adult_care_duty,
        coalesce(bool_or(bases.basis = 'safeguarding'), false) as is_by_safeguarding,
        coalesce(bool_or(bases.basis = 'statute'), false) as is_by_statute
    from gate_in_agreement as agreement
    left join config.agreement_bases as bases on bases.dataset = agreement.dataset
    group by agreement.dataset
),

final as (
    select
        people.person_id,
        bases.dataset,
        case
            when bases.is_by_statute then 'statute'
            when bases.is_by_safeguarding and people.has_safeguarding_episode then 'safeguarding'
            when bases.is_by_adult_care_duty and people.is_adult then 'adult_care_duty'
            else 'no_legal_basis'
        end as reason
    from people
    cross join bases
)

select person_id, dataset, reason <> 'no_legal_basis' as is_open, reason
from final
