"""Lists the tools of an MCP server on stdio and calls some, as an agent's host does."""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters


async def main() -> None:
    for mode in ("auto", "legacy"):
        server = StdioServerParameters(command=sys.argv[1], args=[], env=dict(os.environ))
        async with Client(server, mode=mode) as client:
            tools = (await client.list_tools()).tools
            started = await client.call_tool("trigger_data_loading", {"symbol": "AAPL", "mode": "local"})
            assert not started.is_error, started
            operation = json.loads(started.content[0].text)["operation_id"]
            status = await client.call_tool("get_operation_status", {"operation_id": operation})
            assert not status.is_error, status
            for tool in ("list_operations", "list_trained_models", "check_backend_health"):
                result = await client.call_tool(tool, {})
                assert not result.is_error, result
            refused = await client.call_tool("list_operations", {"limit": 1000})
            assert refused.is_error and "limit" in refused.content[0].text, refused
            unknown = await client.call_tool("get_operation_status", {"operation_id": "op_none"})
            assert unknown.is_error and json.loads(unknown.content[0].text)["status_code"] == 404, unknown
    print(f"{len(tools)} tools, all as expected")


asyncio.run(main())
