<?php
// Reads a JSON list of [old, new] from the standard input and answers a JSON list of {cpu, diff}: the least CPU seconds
// of some calls of wikidiff2 on each pair, and what it found, in full. `TIMES` calls each; 0 asks for no CPU time.
ini_set("memory_limit", "-1");
function spent() {
    $used = getrusage();
    return $used["ru_utime.tv_sec"] + $used["ru_stime.tv_sec"]
        + ($used["ru_utime.tv_usec"] + $used["ru_stime.tv_usec"]) / 1e6;
}
$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true) as [$old, $new]) {
    $best = null;
    for ($n = 0; $n < (int) getenv("TIMES"); $n++) {
        $began = spent();
        wikidiff2_do_diff($old, $new, 2);
        $took = spent() - $began;
        $best = $best === null ? $took : min($best, $took);
    }
    $found = getenv("WITH_DIFF") ? wikidiff2_inline_json_diff($old, $new, 1000000) : null;
    $answers[] = ["cpu" => $best, "diff" => $found];
}
echo json_encode($answers, JSON_INVALID_UTF8_SUBSTITUTE);
