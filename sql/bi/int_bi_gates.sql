-- grain: person_id
-- reads: config.pseudonyms, config.settings, gate_in_episode, gate_not_opted_out,
--   gate_not_restricted, int_opt_out_replies
-- materialized: view
-- why: Of those in an episode of care, who may be told of under a pseudonym; the first gate that
--   says no decides. If any answer of the national data opt-out is missing, in parts or too old,
--   nobody may. Who is not cleared is never written down: this is a view, and only its sums leave.
with opt_out as (
    select coalesce(bool_and(is_whole and is_in_time), false) as is_answered
    from int_opt_out_replies
),

keys as (
    select count(*) > 0 as is_there from config.pseudonyms where audience = 'bi'
)

select
    episode.person_id,
    case
        when not coalesce(settings.agreement_in_date, false) then 'in_agreement'
        when not keys.is_there then 'pseudonymised'
        when not coalesce(restricted.is_open, false) then 'not_restricted'
        when not opt_out.is_answered or not coalesce(cleared.is_open, false) then 'not_opted_out'
        else ''
    end as gate,
    case
        when not coalesce(settings.agreement_in_date, false) then 'agreement_out_of_date'
        when not keys.is_there then 'no_pseudonym_key'
        when not coalesce(restricted.is_open, false) then coalesce(restricted.reason, 'no_answer')
        when not opt_out.is_answered then 'opt_out_reply_missing'
        when not coalesce(cleared.is_open, false) then coalesce(cleared.reason, 'no_answer')
        else 'all_gates_open'
    end as reason
from gate_in_episode as episode
cross join config.settings as settings
cross join opt_out
cross join keys
left join gate_not_restricted as restricted on restricted.person_id = episode.person_id
left join gate_not_opted_out as cleared on cleared.person_id = episode.person_id
where episode.is_open
