"""What a server costs until it has answered tools/list: python3 measure.py BINARY"""

import json
import statistics
import subprocess
import sys
import time

CLIENT = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "measure", "version": "0"}}
STARTS = 20


class Server:
    def __init__(self, binary):
        self.began = time.perf_counter()
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([binary], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self.ask("initialize", CLIENT)
        self.write({"method": "notifications/initialized"})

    def write(self, message):
        self.process.stdin.write((json.dumps({"jsonrpc": "2.0", **message}) + "\n").encode())
        self.process.stdin.flush()

    def ask(self, method, params):
        self.write({"id": 1, "method": method, "params": params})
        return json.loads(self.process.stdout.readline())["result"]

    def milliseconds(self):
        return (time.perf_counter() - self.began) * 1000

    def memory(self):
        status = open(f"/proc/{self.process.pid}/status").read()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024

    def end(self):
        self.process.stdin.close()
        self.process.wait()


times = []
for _ in range(STARTS):
    server = Server(sys.argv[1])
    tools = server.ask("tools/list", {})["tools"]
    times.append(server.milliseconds())
    memory = server.memory()
    server.end()
size = sum(len(json.dumps(tool, separators=(",", ":"), ensure_ascii=False).encode()) // 4 for tool in tools)
print(f"start to answered tools/list: {statistics.median(times):.1f} ms, median of {STARTS} (least {min(times):.1f})")
print(f"peak memory then: {memory:.1f} MiB")
print(f"listed: {len(tools)} tools, {size} tokens")

server = Server(sys.argv[1])
for number, what in enumerate(["first", "second"]):
    server.began = time.perf_counter()
    server.ask("tools/call", {"name": "search_tools", "arguments": {"query": "close an issue"}})
    print(f"{what} search: {server.milliseconds():.1f} ms")
print(f"peak memory then: {server.memory():.1f} MiB")
server.end()
