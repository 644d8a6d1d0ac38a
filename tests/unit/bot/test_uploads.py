"""How many videos are uploaded at once."""

import asyncio

from bot.delivery.uploads import Uploads


async def test_no_more_uploads_at_once_than_the_settings_say() -> None:
    uploads, begun, may_end = Uploads(2), [], asyncio.Event()

    async def upload(number: int) -> None:
        async with uploads.one():
            begun.append(number)
            await may_end.wait()

    tasks = [asyncio.create_task(upload(number)) for number in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert begun == [0, 1]
    assert uploads.count == 3

    may_end.set()
    await asyncio.gather(*tasks)
    await uploads.quiet()
    assert begun == [0, 1, 2]
