"""Drives an MCP server as an agent's host does: agent.py TARGET MODE STEPS, with a URL or a command as
target, and steps as JSON. Prints an answer for each step, a JSON object a line."""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters


async def step(client: Client, step: dict) -> tuple[bool, str]:
    arguments = step.get("arguments", {})
    match step["do"]:
        case "tools":
            return False, " ".join(tool.name for tool in (await client.list_tools()).tools)
        case "prompts":
            return False, " ".join(prompt.name for prompt in (await client.list_prompts()).prompts)
        case "resources":
            return False, " ".join(str(one.uri) for one in (await client.list_resources()).resources)
        case "call":
            result = await client.call_tool(step["of"], arguments)
            return bool(result.is_error), result.model_dump_json(exclude_none=True)
        case "prompt":
            return False, (await client.get_prompt(step["of"], arguments)).model_dump_json(exclude_none=True)
        case "read":
            return False, (await client.read_resource(step["of"])).model_dump_json(exclude_none=True)
    raise ValueError(step)


async def main(target: str, mode: str, steps: list[dict]) -> None:
    server = target
    if not target.startswith("http"):
        server = StdioServerParameters(command=target, args=[], env=dict(os.environ))
    async with Client(server, mode=mode) as client:
        for one in steps:
            try:
                error, text = await step(client, one)
            except Exception as problem:
                error, text = True, repr(problem)
            print(json.dumps({"error": error, "text": text, "version": str(client.protocol_version)}))


asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
