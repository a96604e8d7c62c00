-- grain: worker_id
-- reads: config.settings, stg_worker_roles, stg_workers
-- why: The workers with the team of their newest role. One without a role at the as-at time has
--   left: nothing may wait for somebody who is not there.
with roles as (
    select
        roles.worker_id, roles.organisation_id as team_id,
        roles.ended_at is null or roles.ended_at > settings.as_at_local as is_in_post,
        row_number() over (
            partition by roles.worker_id
            order by roles.ended_at is not null, roles.started_at desc nulls last,
            roles.worker_role_id desc
        ) as rank
    from stg_worker_roles as roles
    cross join config.settings as settings
    where roles.started_at is null or roles.started_at <= settings.as_at_local
)

select workers.worker_id, workers.full_name, roles.team_id, roles.is_in_post
from stg_workers as workers
inner join roles on roles.worker_id = workers.worker_id and roles.rank = 1
