-- grain: clae_cla_episode_id
-- reads: config.settings, int_ssda903_ceased_reasons, int_ssda903_needs, int_ssda903_new_reasons,
--   int_ssda903_spans
-- publishes to: returns/ssd_cla_episodes
-- why: The episodes of the return of looked-after children, of six years
with six_years as (
    select as_at_local, cast(as_at_local - interval '6' year as date) as starts_on
    from config.settings
),

care as (
    select period_of_care_id, min(started_on) as entered_care_on
    from int_ssda903_spans
    group by period_of_care_id
)

select
    cast(spans.period_of_care_id as varchar) || '-'
        || cast(spans.span as varchar) as clae_cla_episode_id,
    spans.person_id as clae_person_id,
    spans.started_on as clae_cla_episode_start_date,
    new_reasons.rne as clae_cla_episode_start_reason,
    needs.cin as clae_cla_primary_need_code,
    spans.ended_on as clae_cla_episode_ceased_date,
    case when spans.ended_on is not null then ceased.rec end as clae_cla_episode_ceased_reason,
    spans.period_of_care_id as clae_cla_id,
    cast(null as varchar) as clae_referral_id,
    spans.placement_id as clae_cla_placement_id,
    care.entered_care_on as clae_entered_care_date,
    cast(null as date) as clae_cla_last_iro_contact_date
from int_ssda903_spans as spans
inner join six_years on spans.ended_on is null or spans.ended_on >= six_years.starts_on
inner join care on care.period_of_care_id = spans.period_of_care_id
inner join int_ssda903_new_reasons as new_reasons
    on new_reasons.period_of_care_id = spans.period_of_care_id and new_reasons.span = spans.span
inner join int_ssda903_ceased_reasons as ceased
    on ceased.period_of_care_id = spans.period_of_care_id and ceased.span = spans.span
inner join int_ssda903_needs as needs
    on needs.period_of_care_id = spans.period_of_care_id and needs.span = spans.span
