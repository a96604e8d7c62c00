-- grain: person_id
-- reads: int_episodes, int_people
-- why: whose information may be shared now: people with at least one open episode of care, who have
--   not died. Everyone else is out of scope, and says why.
with people as (
    select person_id, age_years, is_dead from int_people
),

open_episodes as (
    select
        person_id,
        count(*) as count_open_episodes,
        bool_or(kind in ('safeguarding', 'child_in_need', 'child_protection', 'looked_after'))
            as has_safeguarding_episode
    from int_episodes
    where is_open
    group by person_id
),

final as (
    select
        people.person_id,
        case
            when people.is_dead then 'died'
            when open_episodes.person_id is null then 'no_episode'
            else 'open_episode'
        end as reason,
        coalesce(open_episodes.count_open_episodes, 0) as count_open_episodes,
        coalesce(open_episodes.has_safeguarding_episode, false) as has_safeguarding_episode,
        coalesce(people.age_years >= 18, false) as is_adult
    from people
    left join open_episodes on open_episodes.person_id = people.person_id
)

select
    person_id,
    reason = 'open_episode' as in_scope,
    reason,
    count_open_episodes,
    has_safeguarding_episode,
    is_adult
from final
