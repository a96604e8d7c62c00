-- grain: file
-- reads: config.settings, int_bi_terms, optout.cleared, optout.requested
-- why: What was asked of the national data opt-out, and whether the answer can be relied on: whole,
--   and no older than agreed. The day is the one in the file's name, <mailbox>-<ddmmyy>-<sequence>;
--   a name without one is too old.
with asked as (
    select distinct file from optout.requested
),

replies as (
    select file, bool_and(is_whole) as is_whole
    from optout.cleared
    group by file
),

dated as (
    select file, regexp_extract(file, '-([0-9]{6,8})-[0-9]+$', 1) as digits from asked
),

final as (
    select
        dated.file,
        day_first(dated.digits) as asked_on,
        coalesce(replies.is_whole, false) as is_whole
    from dated
    left join replies on replies.file = dated.file
)

select
    final.file, final.asked_on, final.is_whole,
    coalesce(
        final.asked_on <= cast(settings.as_at_local as date)
        and final.asked_on >= cast(settings.as_at_local as date)
            - terms.opt_out_days * interval '1' day, false) as is_in_time
from final
cross join config.settings as settings
cross join int_bi_terms as terms
