-- grain: period_of_care_id, span
-- reads: int_looked_after_pieces
-- why: One episode a change: a new one begins where the legal status, the kind of placement, the
--   carer, the provider or its number changes, or after a gap; what changed nothing of these is the
--   same episode. Each carries its place in the period of care and the stretch that it began with
--   (placement, legal status), which causes it. Days without a record are days out of care: after
--   them the child starts to be looked after again (is_first), first_span says with which episode.
with ordered as (
    select
        *,
        row_number() over (partition by period_of_care_id
            order by started_on, placement_id, placement_split_number, legal_status_id) as place
    from int_looked_after_pieces
),

compared as (
    select
        this.*,
        previous.place is null or previous.ended_on is distinct from this.started_on as is_break,
        previous.place is null or previous.ended_on < this.started_on as is_first,
        previous.legal_status is distinct from this.legal_status as is_legal_change,
        previous.placement_type is distinct from this.placement_type
            or previous.carer_id is distinct from this.carer_id
        or previous.ofsted_urn is distinct from this.ofsted_urn
        or previous.provider_code is distinct from this.provider_code as is_placement_change,
        previous.carer_id is distinct from this.carer_id as is_carer_change
    from ordered as this
    left join ordered as previous
        on previous.period_of_care_id = this.period_of_care_id and previous.place = this.place - 1
),

numbered as (
    select
        *,
        cast(sum(case when is_break or is_legal_change or is_placement_change then 1 else 0 end)
            over (
            partition by period_of_care_id order by place rows unbounded preceding
        ) as bigint) as span,
        cast(sum(case when is_first or is_placement_change then 1 else 0 end) over (
            partition by period_of_care_id order by place rows unbounded preceding
        ) as bigint) as stay
    from compared
),

placed as (
    select
        *,
        row_number() over (partition by period_of_care_id, span order by place) as first_place,
        row_number() over (partition by period_of_care_id, span order by place desc) as last_place
    from numbered
)

select
    first.person_id, first.period_of_care_id, first.span, first.stay, first.started_on,
    final.ended_on, first.legal_status_id, first.legal_status, first.placement_id,
    first.placement_split_number, first.placement_type, first.carer_id, first.ofsted_urn,
    first.provider_code, first.is_first,
    max(case when first.is_first then first.span end) over (
        partition by first.period_of_care_id order by first.span rows unbounded preceding
    ) as first_span,
    first.is_legal_change, first.is_placement_change, first.is_carer_change,
    final.reason_episode_ceased, final.reason_for_placement_change, first.category_of_need,
    min(first.started_on) over (partition by first.period_of_care_id, first.stay)
        as stay_started_on,
    lead(first.started_on) over (partition by first.period_of_care_id order by first.span)
        as next_started_on,
    lead(first.placement_type)
        over (partition by first.period_of_care_id order by first.span) as next_placement_type,
    lead(first.is_placement_change)
        over (partition by first.period_of_care_id order by first.span) as is_placement_change_next
from placed as first
inner join placed as final
    on final.period_of_care_id = first.period_of_care_id and final.span = first.span
        and final.last_place = 1
where first.first_place = 1
