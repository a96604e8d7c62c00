-- grain: collection_year, child, position
-- reads: config.return_authority, config.ssda903_submitted, reference.postcodes, ssda903_episodes
-- why: Last year's episodes as each year is held against them: as they were submitted where that is
--   given, with the authority and the miles that their postcodes give, otherwise as the case store
--   has them now. The one that began last is marked.
with submitted as (
    select
        told.collection_year + 1 as collection_year, told.child, told.position,
        day_slashed(told.decom) as decom,
        told.rne, told.ls, told.cin, told.place, told.place_provider, day_slashed(told.dec) as dec,
        told.rec, told.urn, placed.local_authority as placement_authority,
        placement_location(placed.local_authority, authority.ons_code) as placement_location,
        collection_miles(placed.easting, placed.northing, home.easting, home.northing)
            as placement_distance
    from config.ssda903_submitted as told
    cross join config.return_authority as authority
    left join reference.postcodes as placed on placed.postcode = fold_postcode(told.pl_post)
    left join reference.postcodes as home on home.postcode = fold_postcode(told.home_post)
    where told.file = 'episodes.csv'
),

known as (
    select * from submitted
    union all
    select
        collection_year + 1, child, row_position, decom, rne, ls, cin, place, place_provider, dec,
        rec, urn, placement_authority, placement_location, placement_distance
    from ssda903_episodes
    where collection_year + 1 not in (select collection_year from submitted)
)

select
    collection_year, child, position, decom, rne, ls, cin, place, place_provider, dec, rec, urn,
    placement_authority, placement_location, placement_distance,
    row_number() over (partition by collection_year, child order by decom desc nulls last, position)
        = 1 as is_last
from known
