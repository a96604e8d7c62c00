-- grain: worker_key
-- reads: config.contact_roles, config.settings, stg_allocated_workers, stg_prof_rel_types,
--   stg_prof_relationships, stg_workers
-- why: Every allocation and every professional relationship, with the worker and, where it is not a
--   worker's present work, why. Advocates stand among the contacts instead.
with contacts as (select distinct lower(trim(description)) as description
    from config.contact_roles),

allocations as (
    select
        person_id, 'allocation-' || cast(allocation_id as varchar) as worker_key, worker_id,
        'Allocated worker' as relationship,
        started_at, ended_at
    from stg_allocated_workers
),

relationships as (
    select
        relationships.person_id,
        'professional-' || cast(relationships.prof_relationship_id as varchar) as worker_key,
        relationships.worker_id,
        types.description as relationship, relationships.started_at, relationships.ended_at
    from stg_prof_relationships as relationships
    left join stg_prof_rel_types as types
        on types.prof_rel_type_code = relationships.prof_rel_type_code
),

work as (
    select person_id, worker_key, worker_id, relationship, started_at, ended_at, false as is_contact
    from allocations
    union all
    select
        person_id, worker_key, worker_id, relationship, started_at, ended_at,
        lower(trim(relationship)) in (select description from contacts) as is_contact
    from relationships
)

select
    work.person_id, work.worker_key, work.worker_id, workers.full_name as worker_name,
    work.relationship, cast(work.started_at as date) as started_on,
    case
        when work.is_contact then 'is_a_contact'
        when work.started_at > settings.as_at_local then 'not_started'
        when work.ended_at <= settings.as_at_local then 'ended'
        when workers.full_name is null then 'worker_unknown'
        when work.relationship is null then 'relationship_unknown'
    end as excluded_as
from work
cross join config.settings as settings
left join stg_workers as workers on workers.worker_id = work.worker_id
