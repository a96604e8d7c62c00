-- grain: service_key
-- reads: config.episode_steps
-- publishes to: bi/dim_service
-- why: The kinds of episode of care, and the services within them.
with services as (
    select distinct kind, service from config.episode_steps
    union
    select kind, cast(null as varchar) as service
    from (values ('child_in_need'), ('child_protection'), ('looked_after')) as kinds (kind)
)

select
    kind || coalesce(': ' || service, '') as service_key,
    kind,
    coalesce(service, replace(kind, '_', ' ')) as service,
    kind in ('safeguarding', 'child_in_need', 'child_protection', 'looked_after') as is_safeguarding
from services
