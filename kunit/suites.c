// SPDX-License-Identifier: GPL-2.0
/*
 * Which suites run when the module is loaded: those that its parameter suites
 * names, all of them without it. KUnit's own kunit.filter_glob does not reach
 * the suites of modules in 6.1, and takes one pattern only.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/string.h>

/* Is @name in @list, whose names are separated by commas? */
static bool is_listed(const char *name, const char *list)
{
	size_t len = strlen(name);

	for (;;) {
		size_t word = strcspn(list, ",\n");

		if (word == len && !strncmp(name, list, len))
			return true;
		list += word;
		if (*list != ',')
			return false;
		list++;
	}
}

/*
 * Parameters are read before KUnit looks for the suites of a module that
 * becomes live: what is taken out of the array here is not there for it.
 */
static int suites_set(const char *value, const struct kernel_param *param)
{
	struct kunit_suite **suites = THIS_MODULE->kunit_suites;
	int i, kept = 0;

	for (i = 0; i < THIS_MODULE->num_kunit_suites; i++)
		if (is_listed(suites[i]->name, value))
			suites[kept++] = suites[i];
	THIS_MODULE->num_kunit_suites = kept;
	return kept ? 0 : -ENOENT;
}

static const struct kernel_param_ops suites_ops = {
	.set = suites_set,
};

module_param_cb(suites, &suites_ops, NULL, 0);
MODULE_PARM_DESC(suites, "names of the unit test suites to run, with commas (default all)");
