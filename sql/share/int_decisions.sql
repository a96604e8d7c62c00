-- grain: person_id, dataset
-- reads: gate_consented, gate_identified, gate_in_agreement, gate_in_episode, gate_lawful,
--   gate_not_opted_out, gate_not_restricted
-- why: For those in an episode of care: each person and dataset, decided by the first gate that
--   says no. A gate without an answer says no.
with asked as (
    select
        episode.person_id,
        agreement.dataset,
        agreement.audience,
        case
            when not coalesce(agreement.is_open, false) then 'in_agreement'
            when not coalesce(identified.is_open, false) then 'identified'
            when not coalesce(restricted.is_open, false) then 'not_restricted'
            when not coalesce(lawful.is_open, false) then 'lawful'
            when not coalesce(consented.is_open, false) then 'consented'
            when agreement.is_secondary_use and not coalesce(opted_out.is_open, false)
                then 'not_opted_out'
            else ''
        end as gate,
        agreement.reason as agreement_reason,
        agreement.evidence as agreement_evidence,
        identified.reason as identified_reason,
        identified.evidence as identified_evidence,
        restricted.reason as restricted_reason,
        restricted.evidence as restricted_evidence,
        lawful.reason as lawful_reason,
        consented.reason as consented_reason,
        consented.evidence as consented_evidence
    from gate_in_episode as episode
    cross join gate_in_agreement as agreement
    left join gate_identified as identified
        on identified.person_id = episode.person_id
            and identified.demanded_standing = agreement.demanded_standing
    left join gate_not_restricted as restricted on restricted.person_id = episode.person_id
    left join gate_lawful as lawful
        on lawful.person_id = episode.person_id and lawful.dataset = agreement.dataset
    left join gate_consented as consented
        on consented.person_id = episode.person_id and consented.dataset = agreement.dataset
    left join gate_not_opted_out as opted_out on opted_out.person_id = episode.person_id
    where episode.is_open
),

final as (
    select
        person_id,
        dataset,
        audience,
        case when gate = '' then 'shared' else 'withheld' end as decision,
        gate,
        case gate
            when '' then 'all_gates_open'
            when 'in_agreement' then agreement_reason
            when 'identified' then identified_reason
            when 'not_restricted' then restricted_reason
            when 'lawful' then lawful_reason
            when 'consented' then consented_reason
            -- who opted out is written down nowhere (NDOP licence): the answer is not told from a
            -- missing one
            when 'not_opted_out' then 'not_cleared'
        end as reason,
        case gate
            when '' then concat_ws(', ', lawful_reason, consented_evidence)
            when 'in_agreement' then agreement_evidence
            when 'identified' then identified_evidence
            when 'not_restricted' then restricted_evidence
            when 'consented' then consented_evidence
        end as evidence
    from asked
)

select person_id, dataset, audience, decision, gate, coalesce(reason, 'no_answer') as reason,
    evidence
from final
