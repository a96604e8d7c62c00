-- grain: episode_key
-- reads: config.pseudonyms, int_bi_members, int_bi_terms, int_episodes, stg_workflow_steps
-- why: Episodes of care of those whom BI is told of, as they stood when the last whole period ended: who opened or closed one
--   since then looks as they did before.
select
    pseudonym(keys.inner_pad, keys.outer_pad, keys.audience, 'episode',
        episodes.source || ':' || cast(episodes.source_id as varchar) || ':' || cast(episodes.person_id as varchar)) as episode_key,
    members.person_id,
    members.person_key,
    members.shown_as,
    episodes.kind,
    episodes.kind || coalesce(': ' || episodes.service, '') as service_key,
    steps.responsible_team_id as team_id,
    cast(date_trunc(terms.dates, case when episodes.opened_at >= terms.history_from then episodes.opened_at end) as date) as opened_on,
    cast(date_trunc(terms.dates, case when episodes.closed_at < terms.whole_until then episodes.closed_at end) as date) as closed_on,
    coalesce(episodes.closed_at >= terms.whole_until, episodes.is_open) as is_open
from int_episodes as episodes
cross join int_bi_terms as terms
inner join config.pseudonyms as keys on keys.audience = terms.audience
inner join int_bi_members as members on members.person_id = episodes.person_id
left join stg_workflow_steps as steps
    on steps.workflow_step_id = case when episodes.source = 'workflow_step' then episodes.source_id end
where episodes.opened_at < terms.whole_until
    and (episodes.opened_at >= terms.history_from or episodes.is_open or episodes.closed_at >= terms.history_from)
