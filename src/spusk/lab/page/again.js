// At the closed door, for who has the key after all: goes in, with what stands after # in the address.

if (location.search !== "?again") location.replace(`/?again${location.hash}`);
